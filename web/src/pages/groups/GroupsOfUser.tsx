// The groups a user belongs to (USR-14): the same lists, the other way.
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import type { GroupMember, User, UserGroup } from '../../api/types';
import { TwoLists } from '../../forms/TwoLists';
import { LogOnSwitch } from './LogOnSwitch';
import { useMemberships } from './useMemberships';

const GROUPS_MAX = 1000;
const OTHERS = 50;

export function GroupsOfUser({ user }: { user: User }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 200);
  const own = useList<GroupMember>('group-members', { user: user.id, sort: 'group', page: 1, per_page: GROUPS_MAX }).data?.items ?? [];
  const inside = new Set(own.map((member) => member.group));
  const groups = useList<UserGroup>('groups', { search: asked, page: 1, per_page: Math.min(GROUPS_MAX, own.length + OTHERS) }).data;
  const others = (groups?.items ?? []).filter((group) => !inside.has(group.id));
  const { add, logOn, remove } = useMemberships();

  return (
    <TwoLists
      titles={{ chosen: t('groups.ofUser'), free: t('groups.otherGroups') }}
      chosen={own.map(({ id, group, group_name, logged_on }) => ({
        id,
        name: group_name,
        to: `/groups/${group}`,
        extra: <LogOnSwitch name={group_name} on={logged_on} onChange={(on) => logOn(id, on)} />,
      }))}
      free={others.map((group) => ({ id: group.id, name: group.name, to: `/groups/${group.id}` }))}
      more={(groups?.total ?? 0) > (groups?.items.length ?? 0)}
      search={search}
      onSearch={setSearch}
      onPut={(group) => add(group, user.id)}
      onTakeOut={remove}
    />
  );
}
