// The next dates of a series: one by one they are cancelled, moved, or put back.
import { Alert, Button, Group, Loader, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changedDates, useChangeDate, useConferenceDates, type ConferencesOf } from '../../api/conferences';
import type { Conference } from '../../api/types';
import { fromLocalInput, toLocalInput } from '../../forms/localTime';
import { dateTime } from '../../i18n/format';
import { errorText, notifyDone, notifyError } from '../../shell/notify';
import classes from './conferences.module.css';

const AHEAD_MS = 366 * 86_400_000;
const SHOWN = 20;

interface Row {
  original: string;
  /** null: cancelled. */
  begins: string | null;
}

function DateRow({ row, change }: { row: Row; change: ReturnType<typeof useChangeDate> }) {
  const { t } = useTranslation();
  const [moving, setMoving] = useState<string | null>(null);
  const moved = row.begins !== null && row.begins !== row.original;
  const set = (to?: string | null) =>
    change.mutate({ original: row.original, to }, { onSuccess: () => notifyDone(t('forms.saved')), onError: notifyError, onSettled: () => setMoving(null) });
  const at = dateTime(row.original);
  return (
    <li className={classes.participant}>
      <Text td={row.begins === null ? 'line-through' : undefined}>
        {row.begins ? dateTime(row.begins) : at}
        {moved && ` (${t('conferences.movedFrom', { at })})`}
      </Text>
      {moving !== null ? (
        <Group gap="xs" align="flex-end">
          <TextInput type="datetime-local" label={t('conferences.moveTo')} value={moving} onChange={(event) => setMoving(event.currentTarget.value)} />
          <Button size="compact-sm" disabled={!fromLocalInput(moving)} onClick={() => set(fromLocalInput(moving))}>
            {t('forms.save')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setMoving(null)}>
            {t('forms.cancel')}
          </Button>
        </Group>
      ) : (
        <Group gap="xs">
          {(row.begins === null || moved) && (
            <Button size="compact-sm" variant="default" aria-label={t('conferences.putBackOne', { at })} onClick={() => set(undefined)}>
              {t('conferences.putBack')}
            </Button>
          )}
          {row.begins !== null && (
            <>
              <Button size="compact-sm" variant="default" aria-label={t('conferences.moveOne', { at })} onClick={() => setMoving(toLocalInput(row.begins))}>
                {t('conferences.move')}
              </Button>
              <Button size="compact-sm" variant="subtle" color="red" aria-label={t('conferences.cancelOne', { at })} onClick={() => set(null)}>
                {t('conferences.cancelDate')}
              </Button>
            </>
          )}
        </Group>
      )}
    </li>
  );
}

export function Dates({ whose, conference }: { whose: ConferencesOf; conference: Conference }) {
  const { t } = useTranslation();
  const [now] = useState(() => new Date());
  const { data, error } = useConferenceDates(whose, now, new Date(now.getTime() + AHEAD_MS));
  const change = useChangeDate(whose, conference);
  if (error) return <Alert color="red">{errorText(error)}</Alert>;
  if (!data) return <Loader size="sm" />;
  const dates = data.items.filter((one) => one.conference === conference.id).map((one): Row => ({ original: one.original_at, begins: one.begins_at }));
  const cancelled = changedDates(conference).filter(({ to }) => to === null).map(({ original }): Row => ({ original, begins: null }));
  const rows = [...dates, ...cancelled].sort((a, b) => (a.begins ?? a.original).localeCompare(b.begins ?? b.original));
  return (
    <Stack gap="md" maw={820}>
      <Text c="dimmed">{t('conferences.datesIntro')}</Text>
      <ul style={{ padding: 0, margin: 0, listStyle: 'none' }}>
        {rows.slice(0, SHOWN).map((row) => (
          <DateRow key={row.original} row={row} change={change} />
        ))}
      </ul>
    </Stack>
  );
}
