// When a mobile phone rings: "mon,tue 08:00-18:00; sat 09:00-12:00" as frames, and in words.
import type { TFunction } from 'i18next';
import { daysText } from '../routing/frameText';
import type { TimeFrame } from '../../api/types';

export type Day = TimeFrame['days'][number];

export interface Frame {
  days: Day[];
  from: string;
  to: string;
}

export const DAYS: Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'];
export const WORKING_HOURS: Frame = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' };

export function framesOf(text: string): Frame[] {
  const parts = text.split(';').map((part) => part.trim()).filter((part) => part !== '');
  return parts.map((part) => {
    const words = part.split(' '); // no days are chosen yet, perhaps
    const [from = '', to = ''] = (words.pop() ?? '').split('-');
    const picked = words.join('').split(',');
    return { days: DAYS.filter((day) => picked.includes(day)), from, to };
  });
}

export const textOf = (frames: Frame[]) => frames.map(({ days, from, to }) => `${days.join(',')} ${from}-${to}`).join('; ');

export function timesText(t: TFunction, text: string): string {
  const frames = framesOf(text);
  return frames.length === 0 ? t('mobile.always') : frames.map((frame) => `${daysText(t, frame)} ${frame.from}–${frame.to}`).join(' · ');
}
