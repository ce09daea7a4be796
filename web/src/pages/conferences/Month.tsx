// The dates of a month. Where there is little room only days with something on them are left.
import { Alert, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { invitationPath, pathOf, useConferenceDates, type ConferenceDate, type ConferencesOf } from '../../api/conferences';
import { timeOnly } from '../../i18n/format';
import { Icon } from '../../shell/icons';
import { errorText } from '../../shell/notify';
import classes from './conferences.module.css';

const WEEK = 7;

interface DayProps {
  day: Date;
  /** Of the first: under which weekday. */
  column?: number;
  dates: ConferenceDate[];
  whose: ConferencesOf;
  language: string;
}

function Day({ day, column, dates, whose, language }: DayProps) {
  const today = day.toDateString() === new Date().toDateString();
  return (
    <li className={classes.day} style={{ gridColumnStart: column }} data-empty={dates.length === 0} data-today={today || undefined}>
      <span className={classes.dayName}>
        <span className={classes.weekday}>{day.toLocaleDateString(language, { weekday: 'short' })} </span>
        {day.getDate()}
      </span>
      {dates.map((date) => (
        <Link key={date.conference + date.begins_at} className={classes.date} to={date.participant ? invitationPath(date.participant) : `${pathOf(whose)}/${date.conference}`}>
          {timeOnly(date.begins_at).slice(0, 5)} {date.name}
        </Link>
      ))}
    </li>
  );
}

export function Month({ whose }: { whose: ConferencesOf }) {
  const { t, i18n } = useTranslation();
  const [first, setFirst] = useState(() => new Date(new Date().getFullYear(), new Date().getMonth(), 1));
  const next = new Date(first.getFullYear(), first.getMonth() + 1, 1);
  const { data, error } = useConferenceDates(whose, first, next);
  const days = Array.from({ length: new Date(next.getTime() - 1).getDate() }, (_, i) => new Date(first.getFullYear(), first.getMonth(), i + 1));
  const on = (day: Date) => (data?.items ?? []).filter(({ begins_at }) => new Date(begins_at).toDateString() === day.toDateString()).sort((a, b) => a.begins_at.localeCompare(b.begins_at));
  const turn = (months: number) => setFirst(new Date(first.getFullYear(), first.getMonth() + months, 1));
  const title = first.toLocaleDateString(i18n.language, { month: 'long', year: 'numeric' });
  return (
    <section aria-label={t('conferences.calendar')}>
      <Group gap="xs" mb="xs">
        <Button size="compact-sm" variant="default" aria-label={t('conferences.monthBefore')} onClick={() => turn(-1)}>
          <Icon name="left" size={14} />
        </Button>
        <Text component="h2" fw={600} aria-live="polite" className={classes.month}>
          {title}
        </Text>
        <Button size="compact-sm" variant="default" aria-label={t('conferences.monthAfter')} onClick={() => turn(1)}>
          <Icon name="right" size={14} />
        </Button>
      </Group>
      {error && <Alert color="red">{errorText(error)}</Alert>}
      {data && data.items.length === 0 && <Text c="dimmed">{t('conferences.noneInMonth')}</Text>}
      <ul className={classes.days}>
        {days.map((day, i) => (
          <Day key={day.getDate()} day={day} column={i === 0 ? ((day.getDay() + WEEK - 1) % WEEK) + 1 : undefined} dates={on(day)} whose={whose} language={i18n.language} />
        ))}
      </ul>
    </section>
  );
}
