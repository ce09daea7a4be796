// A reason of the server in the language of the page.
import type { TFunction } from 'i18next';
import type { Reason } from '../api/types';

/** The server's own sentence where it knows a reason that this page does not. */
export function reasonText(t: TFunction, reason: Reason): string {
  return t(`reasons.${reason.code}`, { ...reason.args, defaultValue: reason.text });
}
