// When a time frame is, in words.
import type { TFunction } from 'i18next';
import type { TimeFrame } from '../../api/types';
import { optionLabel } from '../../forms/texts';

const ALL_DAYS = 8; // of the week, and holidays

export function daysText(t: TFunction, { days }: Pick<TimeFrame, 'days'>): string {
  return days.length === ALL_DAYS ? t('routing.frames.everyDay') : days.map((day) => optionLabel('time_frame', 'days', day)).join(', ');
}

/** "Mon, Tue 08:00–18:00" */
export function frameText(t: TFunction, frame: TimeFrame): string {
  return `${daysText(t, frame)} ${frame.from}–${frame.to}`;
}
