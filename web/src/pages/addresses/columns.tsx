import { Badge, Button, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import type { AddressRule } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { dateTime } from '../../i18n/format';
import type { Column } from '../../table/types';

export function addressColumns(t: TFunction, unblock: (rule: AddressRule) => void): Column<AddressRule>[] {
  const until = ({ expires_at }: AddressRule) =>
    expires_at ? (
      dateTime(expires_at)
    ) : (
      <Text span inherit c="dimmed">
        {t('addresses.forever')}
      </Text>
    );
  return [
    { id: 'address', text: 'addresses.column.address', sortable: true, cell: ({ address }) => <strong>{address}</strong> },
    {
      id: 'action',
      text: 'addresses.column.action',
      sortable: true,
      cell: ({ action, automatic }) => (
        <>
          <Badge color={action === 'block' ? 'red' : 'green'}>{optionLabel('address_rule', 'action', action)}</Badge>{' '}
          {automatic && <Badge color="gray">{t('addresses.automatic')}</Badge>}
        </>
      ),
    },
    { id: 'reason', text: 'addresses.column.why', sortable: true, cell: ({ reason, comment }) => (reason ? t(`addresses.reasons.${reason}`, { defaultValue: reason }) : comment) },
    { id: 'user_agent', text: 'addresses.column.agent', sortable: true, cell: ({ user_agent }) => user_agent },
    { id: 'last_at', text: 'addresses.column.last', sortable: true, cell: ({ last_at }) => last_at && dateTime(last_at) },
    { id: 'expires_at', text: 'addresses.column.until', sortable: true, cell: until },
    {
      id: 'unblock',
      text: 'addresses.unblock',
      cell: (rule) =>
        rule.action === 'block' && (
          <Button variant="default" size="compact-sm" aria-label={`${t('addresses.unblock')}: ${rule.address}`} onClick={() => unblock(rule)}>
            {t('addresses.unblock')}
          </Button>
        ),
    },
    { id: 'comment', text: 'addresses.column.comment', extra: true, cell: ({ comment }) => comment },
    { id: 'created_at', text: 'addresses.column.created', extra: true, sortable: true, cell: ({ created_at }) => created_at && dateTime(created_at) },
  ];
}
