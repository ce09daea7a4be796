// Where a phone is registered at the moment.
import { Badge, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Registration } from '../../api/types';
import { dateTime } from '../../i18n/format';

export function Contacts({ registrations }: { registrations: Registration[] }) {
  const { t } = useTranslation();
  if (registrations.length === 0) return <Text c="dimmed">{t('phones.noContacts')}</Text>;
  return (
    <Table.ScrollContainer minWidth={700}>
      <Table aria-label={t('phones.tab.contacts')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('phones.column.state')}</Table.Th>
            <Table.Th>{t('phones.contact.source')}</Table.Th>
            <Table.Th>{t('phones.contact.contact')}</Table.Th>
            <Table.Th>{t('phones.column.agent')}</Table.Th>
            <Table.Th>{t('phones.contact.since')}</Table.Th>
            <Table.Th>{t('phones.contact.until')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {registrations.map((r) => (
            <Table.Tr key={r.contact}>
              <Table.Td>
                <Badge color={r.reachable ? 'green' : 'red'}>{r.reachable ? t('phones.state.registered') : t('phones.state.silent')}</Badge>
              </Table.Td>
              <Table.Td>
                {r.source} {r.transport.toUpperCase()}
              </Table.Td>
              <Table.Td className="mono">{r.contact}</Table.Td>
              <Table.Td>{r.user_agent}</Table.Td>
              <Table.Td>{dateTime(r.registered_at)}</Table.Td>
              <Table.Td>{dateTime(r.expires_at)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
