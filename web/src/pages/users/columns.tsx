import { Badge } from '@mantine/core';
import type { TFunction } from 'i18next';
import { Link } from 'react-router-dom';
import { userName } from '../../api/names';
import type { Range, User } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import type { Column } from '../../table/types';
import { DialNumbers } from '../manager/DialNumber';
import { isInternal } from '../numbers/ranges';

export function userColumns(t: TFunction, ranges: Range[]): Column<User>[] {
  const numbers = (user: User, internal: boolean) => (
    <DialNumbers numbers={user.numbers.filter((number) => isInternal(number, ranges) === internal)} />
  );
  const primary = ({ phones, phone_names }: User) =>
    phones.length > 0 && <Link to={`/phones/${phones[0]}`}>{phone_names[0]}</Link>;
  return [
    {
      id: 'last_name',
      text: 'users.column.name',
      sortable: true,
      cell: (user) => <Link to={`/users/${user.id}`}>{userName(user)}</Link>,
    },
    { id: 'login', text: 'users.column.login', sortable: true, cell: (user) => user.login },
    { id: 'internal', text: 'users.column.internal', cell: (user) => numbers(user, true) },
    { id: 'external', text: 'users.column.external', cell: (user) => numbers(user, false) },
    { id: 'primary', text: 'users.column.primary', cell: primary },
    {
      id: 'dnd',
      text: 'users.column.dnd',
      sortable: true,
      cell: (user) => user.dnd && <Badge color="red">{t('users.dnd')}</Badge>,
    },
    { id: 'email', text: 'users.column.email', sortable: true, extra: true, cell: (user) => user.email },
    {
      id: 'language',
      text: 'users.column.language',
      sortable: true,
      extra: true,
      cell: (user) => optionLabel('user', 'language', user.language),
    },
    {
      id: 'admin',
      text: 'users.column.rights',
      sortable: true,
      extra: true,
      cell: (user) => user.admin && <Badge>{t('users.admin')}</Badge>,
    },
    {
      id: 'enabled',
      text: 'users.column.state',
      sortable: true,
      cell: (user) => !user.enabled && <Badge color="gray">{t('users.disabled')}</Badge>,
    },
  ];
}
