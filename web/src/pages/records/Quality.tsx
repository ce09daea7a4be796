// How each side heard the other: what the relay counted, and what the phones reported.
import { Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
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

function Titled({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <section>
      <Title order={3} size="sm" mb={6}>
        {t('records.quality')}
      </Title>
      {children}
    </section>
  );
}

export function Quality({ record }: { record: CallRecord }) {
  const { t } = useTranslation();
  const heard = [countersOf(record, 'caller'), countersOf(record, 'called')];
  if (record.direct) return <Titled><Text size="sm">{t('records.qualityDirect')}</Text></Titled>;
  if (heard.every(({ packets }) => packets === 0)) return null;
  const percent = ({ packets, lost }: Counters) => (100 * lost) / Math.max(1, packets + lost);
  const ms = (value: number, digits = 0) => t('phones.ms', { ms: number(value, digits) });
  const rows: [string, (counters: Counters) => ReactNode][] = [
    [t('records.packets'), ({ packets }) => number(packets)],
    [t('records.lost'), (counters) => t('records.lostValue', { lost: number(counters.lost), percent: number(percent(counters), 2) })],
    [t('records.jitter'), ({ jitterUs }) => ms(jitterUs / US_PER_MS, 1)],
    [t('records.delay'), ({ delayMs }) => (delayMs === null ? '' : ms(delayMs))],
    [t('records.mos'), ({ mos }) => (mos === null ? '' : <MosBadge mos={mos} />)],
  ];
  return (
    <Titled>
      <Table withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('records.direction')}</Table.Th>
            <Table.Th>{t('records.toCaller')}</Table.Th>
            <Table.Th>{t('records.toCalled')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.filter(([, show]) => heard.some((counters) => show(counters) !== '')).map(([name, show]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              {heard.map((counters, side) => (
                <Table.Td key={side}>{show(counters)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Titled>
  );
}
