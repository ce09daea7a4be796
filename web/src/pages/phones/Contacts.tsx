// Where a phone is registered at the moment.
import { Badge, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Registration } from '../../api/types';
import { dateTime, timeOnly } from '../../i18n/format';
import table from '../../table/table.module.css';

export function Contacts({ registrations }: { registrations: Registration[] }) {
  const { t } = useTranslation();
  if (registrations.length === 0) return <Text c="dimmed">{t('phones.noContacts')}</Text>;
  return (
    <div className={table.scroll}>
      <table className={table.table} aria-label={t('phones.tab.contacts')}>
        <thead>
          <tr>
            <th scope="col">{t('phones.column.state')}</th>
            <th scope="col">{t('phones.contact.source')}</th>
            <th scope="col">{t('phones.contact.contact')}</th>
            <th scope="col">{t('phones.column.agent')}</th>
            <th scope="col">{t('phones.contact.since')}</th>
            <th scope="col">{t('phones.contact.until')}</th>
          </tr>
        </thead>
        <tbody>
          {registrations.map((r) => (
            <tr key={r.contact}>
              <td>
                <Badge color={r.reachable ? 'green' : 'red'}>{r.reachable ? t('phones.state.registered') : t('phones.state.silent')}</Badge>
              </td>
              <td>
                {r.source} {r.transport.toUpperCase()}
              </td>
              <td className="mono">{r.contact}</td>
              <td>{r.user_agent}</td>
              <td>{dateTime(r.registered_at)}</td>
              <td>{timeOnly(r.expires_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
