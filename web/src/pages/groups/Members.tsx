// Who belongs to a group, in which order, and who is logged on.
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import type { GroupMember, User, UserGroup } from '../../api/types';
import { TwoLists } from '../../forms/TwoLists';
import { LogOnSwitch } from './LogOnSwitch';
import { useMemberships } from './useMemberships';

const MEMBERS_MAX = 1000;
const OTHERS = 50;

export function Members({ group }: { group: UserGroup }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 200);
  const members = useList<GroupMember>('group-members', { group: group.id, sort: 'position', page: 1, per_page: MEMBERS_MAX }).data?.items ?? [];
  const inside = new Set(members.map((member) => member.user));
  const users = useList<User>('users', { search: asked, page: 1, per_page: Math.min(MEMBERS_MAX, members.length + OTHERS) }).data;
  const others = (users?.items ?? []).filter((user) => !inside.has(user.id));
  const { add, move, logOn, remove } = useMemberships();

  return (
    <TwoLists
      titles={{ chosen: t('groups.members'), free: t('groups.others') }}
      chosen={members.map(({ id, user, user_name, logged_on, unfit }) => ({
        id,
        name: user_name,
        to: `/users/${user}`,
        warning: unfit ? t('groups.unfitMember', { name: user_name }) : undefined,
        extra: <LogOnSwitch name={user_name} on={logged_on} onChange={(on) => logOn(id, on)} />,
      }))}
      free={others.map((user) => ({ id: user.id, name: `${user.first_name} ${user.last_name}`, to: `/users/${user.id}` }))}
      more={(users?.total ?? 0) > (users?.items.length ?? 0)}
      search={search}
      onSearch={setSearch}
      onPut={(user, place) => add(group.id, user, place)}
      onTakeOut={remove}
      onMove={move}
    />
  );
}
