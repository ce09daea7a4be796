// What the global search finds: pages and settings by their names, the rest by asking the server.
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import { userName } from '../../api/names';
import type { Phone, PhoneNumber, User, UserGroup } from '../../api/types';
import { holderPath } from '../../pages/numbers/holder';
import type { IconName } from '../icons';
import { useRights } from '../../api/session';
import { groupsFor } from '../pages';
import { matcher } from './match';
import { useSettings } from './useSettings';

export interface Result {
  key: string;
  group: string;
  icon: IconName;
  text: string;
  detail: string;
  to: string;
}

const PER_GROUP = 6;

export function useResults(search: string): { results: Result[]; busy: boolean } {
  const { t } = useTranslation();
  const rights = useRights();
  const asking = search.length > 0 && rights.has('admin');
  const params = { search, page: 1, per_page: PER_GROUP };
  const users = useList<User>('users', params, asking);
  const groups = useList<UserGroup>('groups', params, asking);
  const numbers = useList<PhoneNumber>('numbers', params, asking);
  const phones = useList<Phone>('phones', params, asking);
  const settings = useSettings(search, asking);

  const fits = matcher(search);
  const results: Result[] = groupsFor(rights).flatMap(({ pages }) => pages).filter((page) => fits(t(page.text))).map((page) => ({
    key: page.path,
    group: t('shell.search.pages'),
    icon: page.icon,
    text: t(page.text),
    detail: '',
    to: page.path,
  }));
  if (!asking) return { results, busy: false };

  for (const user of users.data?.items ?? []) {
    const detail = [user.login, ...user.numbers].join(' · ');
    results.push({ key: `u${user.id}`, group: t('users.title'), icon: 'users', text: userName(user), detail, to: `/users/${user.id}` });
  }
  for (const group of groups.data?.items ?? []) {
    const detail = [group.group_id, ...group.numbers].join(' · ');
    results.push({ key: `g${group.id}`, group: t('groups.title'), icon: 'groups', text: group.name, detail, to: `/groups/${group.id}` });
  }
  for (const number of numbers.data?.items ?? []) {
    const to = holderPath(number) ?? `/numbers?search=${number.number}`;
    const detail = number.held ? t('shell.search.owned') : t('numbers.free');
    results.push({ key: `n${number.id}`, group: t('numbers.title'), icon: 'numbers', text: number.number, detail, to });
  }
  for (const phone of phones.data?.items ?? []) {
    results.push({ key: `p${phone.id}`, group: t('phones.title'), icon: 'phones', text: phone.name, detail: phone.type_name, to: `/phones/${phone.id}` });
  }
  results.push(...settings.results);
  return { results, busy: users.isFetching || groups.isFetching || numbers.isFetching || phones.isFetching || settings.busy };
}
