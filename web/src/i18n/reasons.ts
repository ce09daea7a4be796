// A reason of the server in the language of the page.
import type { TFunction } from 'i18next';
import type { Reason } from '../api/types';

/** Words among the arguments, where they are some of a list. */
function argsOf(t: TFunction, { code, args }: Reason): Reason['args'] {
  if (code !== 'not_allowed') return args;
  return args.map((arg, i) => (i === 2 ? t(`options.user.dial.${arg}`, { defaultValue: arg }) : arg));
}

/** The server's own sentence where it knows a reason that this page does not. */
export function reasonText(t: TFunction, reason: Reason): string {
  return t(`reasons.${reason.code}`, { ...argsOf(t, reason), defaultValue: reason.text });
}
