// What a test found: a step a row, with the questions to DNS below the look-up that asked them.
import { Alert, Badge, Group, Loader, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import type { LineTest } from '../../api/types';
import { dateTime, number } from '../../i18n/format';
import classes from './lines.module.css';

type Step = LineTest['steps'][number];

const COLORS: Record<Step['state'], string> = { running: 'brass', ok: 'green', warning: 'brass', failed: 'red', skipped: 'gray' };

function Took({ step }: { step: Step }) {
  const { t } = useTranslation();
  if (step.took_ms === null) return <Loader size={14} aria-hidden />;
  return (
    <Text size="sm" c="dimmed" className={classes.took}>
      {t('lines.check.took', { ms: number(step.took_ms) })}
    </Text>
  );
}

function Questions({ steps }: { steps: Step[] }) {
  const { t } = useTranslation();
  return (
    <details className={classes.questions}>
      <summary>{t('lines.check.questions', { count: steps.length })}</summary>
      <dl>
        {steps.map((step, index) => (
          <div key={index}>
            <dt className="mono">{step.subject}</dt>
            <dd className="mono">{step.found ?? t(step.advice ? `lines.check.advice.${step.advice}` : 'lines.check.nothing')}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Certificate({ of }: { of: NonNullable<Step['certificate']> }) {
  const { t } = useTranslation();
  return (
    <Text size="sm" className={classes.found}>
      {t('lines.check.certificate', { subject: of.subject, issuer: of.issuer, until: dateTime(of.until) })}
    </Text>
  );
}

function Row({ step, questions }: { step: Step; questions: Step[] }) {
  const { t } = useTranslation();
  return (
    <li className={classes.step} data-kind={step.kind}>
      <Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="xs">
          <Badge color={COLORS[step.state]}>{t(`lines.check.state.${step.state}`)}</Badge>
          <Text fw={600}>{t(`lines.check.kind.${step.kind}`)}</Text>
          {step.subject && <span className="mono">{step.subject}</span>}
        </Group>
        <Took step={step} />
      </Group>
      {step.found && <div className={`mono ${classes.found}`}>{step.found}</div>}
      {step.certificate && <Certificate of={step.certificate} />}
      {step.advice && (
        <Alert color={COLORS[step.state]} py={6} mt={6}>
          {t(`lines.check.advice.${step.advice}`)}
        </Alert>
      )}
      {questions.length > 0 && <Questions steps={questions} />}
      {step.sip_call_id && step.state !== 'running' && (
        <Link to={`/traces?${new URLSearchParams({ call_id: step.sip_call_id })}`}>{t('lines.check.messages')}</Link>
      )}
    </li>
  );
}

export function TestSteps({ test }: { test: LineTest }) {
  const { t } = useTranslation();
  const questions = test.steps.filter(({ kind }) => kind === 'question');
  const rows = test.steps.filter(({ kind }) => kind !== 'question');
  // They come after the look-ups, of which there is usually one.
  const last = rows.filter(({ kind }) => kind === 'lookup').length - 1;
  return (
    <ol className={classes.steps} aria-label={t('lines.check.steps')}>
      {rows.map((step, index) => (
        <Row key={index} step={step} questions={index === last ? questions : []} />
      ))}
    </ol>
  );
}
