// How well both sides of a running call hear each other now: one word in the list, the figures behind it.
import { Badge, Popover, Table, Text, UnstyledButton } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { LiveCall, LiveHeard } from '../../api/types';
import { number } from '../../i18n/format';

type Voice = LiveHeard['voice'];

const COLORS: Record<Voice, string> = { unknown: 'gray', silent: 'gray', direct: 'blue', good: 'green', fair: 'brass', poor: 'red' };
// Who hears nothing may want nothing (hold), so what is heard counts.
const FROM_BEST: Voice[] = ['unknown', 'silent', 'direct', 'good', 'fair', 'poor'];
const HUNDRED = 100;

export function worseVoice(call: LiveCall): Voice {
  const rank = (heard: LiveHeard) => FROM_BEST.indexOf(heard.voice);
  return FROM_BEST[Math.max(rank(call.heard_by_caller), rank(call.heard_by_called))] ?? 'unknown';
}

function VoiceBadge({ voice }: { voice: Voice }) {
  const { t } = useTranslation();
  return <Badge color={COLORS[voice]}>{t(`calls.voice.${voice}`)}</Badge>;
}

/** What a figure is called, and what it is on one side; empty when nothing was heard. */
function figures(t: TFunction): [string, (heard: LiveHeard) => string][] {
  const heardAny = ({ mos_x100 }: LiveHeard) => mos_x100 !== null;
  const ms = (value: number) => t('phones.ms', { ms: number(value) });
  return [
    [t('records.mos'), ({ mos_x100 }) => (mos_x100 === null ? '' : number(mos_x100 / HUNDRED, 2))],
    [t('records.lost'), (heard) => (heardAny(heard) ? t('calls.percent', { percent: number(heard.lost_x100 / HUNDRED, 2) }) : '')],
    [t('records.jitter'), (heard) => (heardAny(heard) ? ms(heard.jitter_ms) : '')],
    [t('records.delay'), ({ delay_ms }) => (delay_ms === null ? '' : ms(delay_ms))],
    [t('calls.encryption'), ({ encrypted }) => t(encrypted ? 'calls.encrypted' : 'calls.open')],
  ];
}

function Figures({ call }: { call: LiveCall }) {
  const { t } = useTranslation();
  const sides = [call.heard_by_caller, call.heard_by_called];
  if (worseVoice(call) === 'direct') return <Text size="sm">{t('calls.voiceDirect')}</Text>;
  return (
    <Table withTableBorder>
      <Table.Caption>{call.codec ? t('calls.voiceCodec', { codec: call.codec }) : t('calls.voiceNow')}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('calls.heardBy')}</Table.Th>
          <Table.Th>{t('calls.column.caller')}</Table.Th>
          <Table.Th>{t('calls.column.called')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        <Table.Tr>
          <Table.Th scope="row">{t('calls.column.voice')}</Table.Th>
          {sides.map(({ voice }, side) => (
            <Table.Td key={side}>
              <VoiceBadge voice={voice} />
            </Table.Td>
          ))}
        </Table.Tr>
        {figures(t).filter(([, show]) => sides.some((heard) => show(heard) !== '')).map(([name, show]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{name}</Table.Th>
            {sides.map((heard, side) => (
              <Table.Td key={side}>{show(heard)}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export function VoiceNow({ call }: { call: LiveCall }) {
  const { t } = useTranslation();
  const voice = worseVoice(call);
  if (!call.answered_at) return null;
  return (
    <Popover width={440} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton aria-label={t('calls.voiceOf', { voice: t(`calls.voice.${voice}`) })}>
          <VoiceBadge voice={voice} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('calls.column.voice')}>
        <Figures call={call} />
      </Popover.Dropdown>
    </Popover>
  );
}
