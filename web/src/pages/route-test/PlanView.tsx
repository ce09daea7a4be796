// A plan of the switch as people read it: what happens, where it goes in which order, and why.
import { Alert, Badge, Group, Stack, Table, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import type { RoutePlan } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { day } from '../../i18n/format';
import { reasonText } from '../../i18n/reasons';
import classes from './routeTest.module.css';

type Target = RoutePlan['targets'][number];

/** Ways that were looked at and not taken. */
const PASSED = new Set([
  'line_full', 'line_not_registered', 'cor_not_now', 'phone_not_registered', 'phone_off', 'phone_only_calls', 'phone_of_caller',
  'member_logged_off', 'user_off', 'user_dnd',
]);

function partyText(t: TFunction, { number, name }: RoutePlan['caller']): string {
  return [name, number].filter(Boolean).join(', ') || t('routing.test.nobody');
}

function shownText(t: TFunction, { kind, shown, hidden }: Target): string {
  if (kind === 'phone') return '';
  if (!hidden) return shown ?? t('routing.test.byAccount');
  return shown ? t('routing.test.withheld', { number: shown }) : t('routing.test.withheldNone');
}

function whenText(t: TFunction, { after_others, delay_ms, turn, turn_s }: Target): string {
  if (turn) return t('routing.test.turn', { turn, seconds: turn_s });
  if (after_others) return t('routing.test.after');
  return delay_ms ? t('routing.test.later', { seconds: delay_ms / 1000 }) : t('routing.test.atOnce');
}

function Facts({ plan }: { plan: RoutePlan }) {
  const { t } = useTranslation();
  const [date = '', time = ''] = plan.at.split('T');
  const rows: [string, string | null][] = [
    [t('routing.test.callerIs'), partyText(t, plan.caller)],
    [t('routing.test.calledIs'), partyText(t, plan.called)],
    [t('routing.test.phoneIs'), plan.phone],
    [t('routing.test.canonical'), plan.number],
    [t('routing.test.site'), plan.site],
    [t('routing.test.atTime'), [day(date), time, plan.holiday && t('routing.test.holiday')].filter(Boolean).join(', ')],
  ];
  return (
    <dl className={classes.facts}>
      {rows.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function TargetName({ target }: { target: Target }) {
  const { t } = useTranslation();
  const { kind, id, name, member, call_by_call } = target;
  return (
    <>
      <Link to={kind === 'line' ? `/lines/${id}` : `/phones/${id}`}>
        {kind === 'line' ? t('routing.test.targetLine', { name }) : t('routing.test.targetPhone', { name })}
      </Link>
      {member?.name && ` ${t('routing.test.member', { name: member.name })}`}
      {call_by_call && (
        <Text size="xs" c="dimmed">
          {t('routing.test.callByCall', { prefix: call_by_call })}
        </Text>
      )}
    </>
  );
}

function Targets({ targets }: { targets: Target[] }) {
  const { t } = useTranslation();
  const outside = targets.some(({ kind }) => kind === 'line');
  return (
    <section aria-label={t('routing.test.targets')}>
      <h2 className={classes.title}>{t('routing.test.targets')}</h2>
      <Table.ScrollContainer minWidth={outside ? 560 : 280}>
        <Table aria-label={t('routing.test.targets')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('routing.test.step')}</Table.Th>
              <Table.Th>{t('routing.test.target')}</Table.Th>
              {outside && <Table.Th>{t('routing.test.dialledThere')}</Table.Th>}
              {outside && <Table.Th>{t('routing.test.shown')}</Table.Th>}
              <Table.Th>{t('routing.test.when')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {targets.map((target, index) => (
              <Table.Tr key={`${target.kind} ${target.id}`}>
                <Table.Td>{index + 1}</Table.Td>
                <Table.Td>
                  <TargetName target={target} />
                </Table.Td>
                {outside && <Table.Td>{target.number}</Table.Td>}
                {outside && <Table.Td>{shownText(t, target)}</Table.Td>}
                <Table.Td>{whenText(t, target)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function Why({ reasons }: { reasons: RoutePlan['reasons'] }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t('routing.test.why')}>
      <h2 className={classes.title}>{t('routing.test.why')}</h2>
      <ol className={classes.chain} aria-label={t('routing.test.why')}>
        {reasons.map((reason, index) => (
          <li key={index} data-passed={PASSED.has(reason.code) || undefined}>
            <Group gap={8}>
              <span>{reasonText(t, reason)}</span>
              {PASSED.has(reason.code) && <Badge color="gray">{t('routing.test.passed')}</Badge>}
            </Group>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function PlanView({ plan }: { plan: RoutePlan }) {
  const { t } = useTranslation();
  const rings = plan.action === 'ring';
  const result = optionLabel('call_record', 'result', plan.result ?? '');
  return (
    <Stack className="panel" p="md" gap="md">
      <Alert
        color={rings ? 'green' : 'red'}
        py={8}
        title={
          <Group gap={8}>
            {rings ? t('routing.test.rings', { seconds: plan.ring_s }) : t('routing.test.refused', { result, status: plan.status })}
            {plan.emergency && <Badge color="red">{t('routing.test.emergency')}</Badge>}
          </Group>
        }
      />
      <Facts plan={plan} />
      {plan.targets.length > 0 && <Targets targets={plan.targets} />}
      {plan.deposit && <Text size="sm">{t('routing.test.deposit', { number: plan.deposit })}</Text>}
      <Why reasons={plan.reasons} />
    </Stack>
  );
}
