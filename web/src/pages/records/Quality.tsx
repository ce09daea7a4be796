// How each side heard the other: what the relay counted, and what the phones reported.
import { Table, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CallRecord } from '../../api/types';
import { number } from '../../i18n/format';
import { MosBadge, mosOf, type Direction } from './mos';

interface Counters {
  packets: number;
  lost: number;
  jitterUs: number;
  delayMs: number | null;
  mos: number | null;
}

function countersOf(record: CallRecord, to: Direction): Counters {
  return {
    packets: record[`packets_to_${to}`],
    lost: record[`lost_to_${to}`],
    jitterUs: record[`jitter_to_${to}_us`],
    delayMs: record[`delay_to_${to}_ms`],
    mos: mosOf(record, to),
  };
}

const US_PER_MS = 1000;

export function Quality({ record }: { record: CallRecord }) {
  const { t } = useTranslation();
  const directions: [string, Counters][] = [
    [t('records.toCaller'), countersOf(record, 'caller')],
    [t('records.toCalled'), countersOf(record, 'called')],
  ];
  if (directions.every(([, { packets }]) => packets === 0)) return null;
  const percent = ({ packets, lost }: Counters) => (100 * lost) / Math.max(1, packets + lost);
  return (
    <section>
      <Title order={3} size="sm" mb={6}>
        {t('records.quality')}
      </Title>
      <Table withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('records.direction')}</Table.Th>
            <Table.Th>{t('records.packets')}</Table.Th>
            <Table.Th>{t('records.lost')}</Table.Th>
            <Table.Th>{t('records.jitter')}</Table.Th>
            <Table.Th>{t('records.delay')}</Table.Th>
            <Table.Th>{t('records.mos')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {directions.map(([name, counters]) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td>{number(counters.packets)}</Table.Td>
              <Table.Td>{t('records.lostValue', { lost: number(counters.lost), percent: number(percent(counters), 2) })}</Table.Td>
              <Table.Td>{t('phones.ms', { ms: number(counters.jitterUs / US_PER_MS, 1) })}</Table.Td>
              <Table.Td>{counters.delayMs !== null && t('phones.ms', { ms: number(counters.delayMs) })}</Table.Td>
              <Table.Td>{counters.mos !== null && <MosBadge mos={counters.mos} />}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
