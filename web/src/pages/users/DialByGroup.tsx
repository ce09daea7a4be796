// What the user's groups let him dial besides (RTG-2), and which of them.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import type { GroupMember, User, UserGroup } from '../../api/types';
import { optionLabel } from '../../forms/texts';

const ALL = { page: 1, per_page: 1000 };

export function DialByGroup({ user }: { user: User }) {
  const { t } = useTranslation();
  const own = useList<GroupMember>('group-members', { ...ALL, user: user.id, sort: 'group' }).data?.items ?? [];
  const groups = useList<UserGroup>('groups', ALL, own.length > 0).data?.items ?? [];
  const mine = groups.filter(({ id, dial }) => dial.length > 0 && own.some((member) => member.group === id));
  if (mine.length === 0) return null;
  const classes = mine.map(({ name, dial }) => `${dial.map((one) => optionLabel('user', 'dial', one)).join(', ')} (${name})`).join('; ');
  return (
    <Text size="sm" c="dimmed">
      {t('users.dialByGroup', { classes })}
    </Text>
  );
}
