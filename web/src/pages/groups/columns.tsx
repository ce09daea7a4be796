import { Badge, Group, Text, Tooltip } from '@mantine/core';
import type { TFunction } from 'i18next';
import { Link } from 'react-router-dom';
import type { UserGroup } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { Icon } from '../../shell/icons';
import type { Column } from '../../table/types';
import { DialNumbers } from '../manager/DialNumber';

export function groupColumns(t: TFunction): Column<UserGroup>[] {
  const members = ({ members, members_on, members_unfit }: UserGroup) => {
    const warning = t('groups.unfit', { count: members_unfit });
    return (
      <Group gap={6} wrap="nowrap" justify="flex-end">
        {members_unfit > 0 && (
          <Tooltip label={warning}>
            <Text span inherit c="red" lh={1} role="img" aria-label={warning}>
              <Icon name="warning" size={15} />
            </Text>
          </Tooltip>
        )}
        {t('groups.onOf', { on: members_on, all: members })}
      </Group>
    );
  };
  return [
    { id: 'name', text: 'groups.column.name', sortable: true, cell: (group) => <Link to={`/groups/${group.id}`}>{group.name}</Link> },
    { id: 'group_id', text: 'groups.column.group_id', sortable: true, cell: (group) => group.group_id },
    { id: 'numbers', text: 'groups.column.numbers', sortable: true, cell: (group) => <DialNumbers numbers={group.numbers} /> },
    { id: 'members', text: 'groups.column.members', sortable: true, numeric: true, cell: members },
    { id: 'strategy', text: 'groups.column.strategy', extra: true, cell: (group) => optionLabel('group', 'strategy', group.strategy) },
    { id: 'chat', text: 'groups.column.chat', sortable: true, cell: (group) => group.chat && <Badge>{t('groups.chat')}</Badge> },
  ];
}
