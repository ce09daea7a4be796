// Who hears a loop: the numbers, users and groups that name it.
import { Text } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useList } from '../../api/collections';
import { userName } from '../../api/names';
import type { MusicLoop, PhoneNumber, User, UserGroup } from '../../api/types';
import { FieldGroup } from '../../forms/FieldGroup';

const SHOWN = 50;

function Names({ title, total, links }: { title: string; total: number; links: { id: number; node: ReactNode }[] }) {
  const { t } = useTranslation();
  if (total === 0) return null;
  return (
    <Text size="sm">
      {title}:{' '}
      {links.map(({ id, node }, place) => (
        <Fragment key={id}>
          {place > 0 && ', '}
          {node}
        </Fragment>
      ))}
      {total > links.length && ` ${t('music.more', { count: total - links.length })}`}
    </Text>
  );
}

export function UsedBy({ loop }: { loop: MusicLoop }) {
  const { t } = useTranslation();
  const those = { music: loop.id, page: 1, per_page: SHOWN };
  const numbers = useList<PhoneNumber>('numbers', those, loop.numbers > 0).data?.items ?? [];
  const users = useList<User>('users', those, loop.users > 0).data?.items ?? [];
  const groups = useList<UserGroup>('groups', those, loop.groups > 0).data?.items ?? [];

  return (
    <FieldGroup title={t('music.usedBy')}>
      {loop.numbers + loop.users + loop.groups === 0 && (
        <Text size="sm" c="dimmed">
          {loop.is_default ? t('music.usedByDefault') : t('music.usedByNobody')}
        </Text>
      )}
      <Names title={t('music.column.numbers')} total={loop.numbers} links={numbers.map(({ id, number }) => ({ id, node: number }))} />
      <Names title={t('music.column.users')} total={loop.users} links={users.map((user) => ({ id: user.id, node: <Link to={`/users/${user.id}?tab=telephony`}>{userName(user)}</Link> }))} />
      <Names title={t('music.column.groups')} total={loop.groups} links={groups.map(({ id, name }) => ({ id, node: <Link to={`/groups/${id}`}>{name}</Link> }))} />
    </FieldGroup>
  );
}
