// How a line is now, what became of today's calls, and how it has been lately. Comes by itself.
import { Alert, Badge, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Line, LineState as State } from '../../api/types';
import { dateTime, number } from '../../i18n/format';
import { STATE_COLORS } from './LineState';

interface Past {
  at: string;
  state: string;
  reason: string | null;
  server: string | null;
}

const COUNTS = ['incoming', 'answered', 'busy', 'unanswered', 'refused', 'failed'] as const;

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <Paper withBorder p="sm">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        {value}
      </Text>
    </Paper>
  );
}

function Now({ state }: { state: State }) {
  const { t } = useTranslation();
  const most = state.max_calls ? number(state.max_calls) : t('lines.now.unlimited');
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
      <Fact label={t('lines.now.since')} value={dateTime(state.since)} />
      <Fact label={t('lines.now.server')} value={state.server ? `${state.server} (${state.transport ?? ''})` : '–'} />
      <Fact label={t('lines.now.expires')} value={state.expires_at ? dateTime(state.expires_at) : '–'} />
      <Fact label={t('lines.now.rtt')} value={state.rtt_ms ? `${number(state.rtt_ms)} ms` : '–'} />
      <Fact label={t('lines.now.calls')} value={t('lines.now.callsOf', { n: number(state.calls), most })} />
    </SimpleGrid>
  );
}

function History({ id, state }: { id: number; state: State }) {
  const { t } = useTranslation();
  const past = useQuery({
    // a change of state is a reason to look again
    queryKey: ['lines', 'history', id, state.state, state.reason, state.since],
    queryFn: async ({ signal }) => (await api.get<{ items: Past[] }>(`lines/${id}/history`, signal)).items,
    placeholderData: (old) => old,
  });
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table aria-label={t('lines.now.history')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('lines.now.at')}</Table.Th>
            <Table.Th>{t('lines.column.state')}</Table.Th>
            <Table.Th>{t('lines.now.reason')}</Table.Th>
            <Table.Th>{t('lines.column.server')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(past.data ?? []).map((one) => (
            <Table.Tr key={`${one.at} ${one.state} ${one.reason ?? ''}`}>
              <Table.Td>{dateTime(one.at)}</Table.Td>
              <Table.Td>
                <Badge color={STATE_COLORS[one.state] ?? 'gray'}>{t(`lines.state.${one.state}`)}</Badge>
              </Table.Td>
              <Table.Td>{one.reason}</Table.Td>
              <Table.Td>{one.server}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

export function LineStatus({ line, states }: { line: Line; states: State[] }) {
  const { t } = useTranslation();
  const state = states.find(({ line_id }) => line_id === line.id);
  if (!state) return <Text c="dimmed">{t('lines.state.unknown')}</Text>;
  return (
    <Stack gap="md">
      {state.reason && <Alert color="red">{state.reason}</Alert>}
      <Now state={state} />
      <Title order={2} size="h4">
        {t('lines.now.today')}
      </Title>
      <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }} spacing="sm">
        {COUNTS.map((count) => (
          <Fact key={count} label={t(`lines.count.${count}`)} value={number(state[count])} />
        ))}
      </SimpleGrid>
      <Title order={2} size="h4">
        {t('lines.now.history')}
      </Title>
      <History id={line.id} state={state} />
    </Stack>
  );
}
