// Everything known about one finished call.
import { Drawer, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useRights } from '../../api/session';
import type { CallRecord } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { dateTime, duration } from '../../i18n/format';
import { money } from '../../i18n/money';
import { ReasonList } from '../ReasonList';
import { traceAddress } from '../traces/address';
import { Quality } from './Quality';
import classes from './records.module.css';
import { ResultBadge } from './ResultBadge';

function Facts({ record }: { record: CallRecord }) {
  const { t } = useTranslation();
  const rows: [string, string | null][] = [
    [t('records.column.caller'), [record.caller_number, record.caller_name].filter(Boolean).join(' ')],
    [t('records.callerPhone'), record.caller_phone],
    [t('records.column.called'), [record.called_number, record.called_name].filter(Boolean).join(' ')],
    [t('records.takenBy'), record.answered_by],
    [t('records.calledPhone'), record.called_phone],
    [t('records.line'), record.line === record.called_phone ? null : record.line],
    [t('records.column.started'), dateTime(record.started_at)],
    [t('records.ringing'), dateTime(record.ringing_at)],
    [t('records.answered'), dateTime(record.answered_at)],
    [t('records.ended'), dateTime(record.ended_at)],
    [t('records.column.duration'), record.answered_at ? duration(record.duration_s) : null],
    [t('records.column.charge'), record.currency && money(record.charge_micro, record.currency)],
    [t('records.column.codec'), record.codec],
    [t('records.column.endedBy'), record.ended_by && optionLabel('call_record', 'ended_by', record.ended_by)],
    [t('records.column.status'), record.sip_status ? String(record.sip_status) : null],
  ];
  return (
    <dl className={classes.facts}>
      {rows.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

interface RecordDrawerProps {
  record: CallRecord | null;
  onClose: () => void;
}

export function RecordDrawer({ record, onClose }: RecordDrawerProps) {
  const { t } = useTranslation();
  const admin = useRights().has('admin');
  return (
    <Drawer
      opened={record !== null}
      onClose={onClose}
      position="right"
      size={480}
      title={<Title order={2}>{t('records.one')}</Title>}
      closeButtonProps={{ 'aria-label': t('forms.close') }}
    >
      {record && (
        <Stack gap="md">
          <div>
            <ResultBadge result={record.result} />
          </div>
          <Facts record={record} />
          {record.explanation.length > 0 && (
            <section>
              <Title order={3} size="sm" mb={6}>
                {t('records.explanation')}
              </Title>
              <ReasonList reasons={record.explanation} />
            </section>
          )}
          <Quality record={record} />
          <Text size="xs" c="dimmed" className="mono" style={{ overflowWrap: 'anywhere' }}>
            {record.call_id}
          </Text>
          {admin && <Link to={traceAddress(record.call_id)}>{t('calls.trace')}</Link>}
        </Stack>
      )}
    </Drawer>
  );
}
