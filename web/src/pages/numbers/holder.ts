// What a number leads to: at most one of these. A further kind is one row; its name stands in the number as KIND_name.
import type { PhoneNumber } from '../../api/types';

const PAGES = { user: '/users', group: '/groups', mailbox: '/mailboxes', conference_room: '/conference-rooms' } as const;

type Kind = keyof typeof PAGES;
export interface Holder {
  kind: Kind;
  id: number;
}

/** The fields of a number that can hold it. */
export const HOLDERS = Object.keys(PAGES) as Kind[];

function kindOf(number: PhoneNumber): Kind | undefined {
  return HOLDERS.find((kind) => number[kind] !== null);
}

export function holderPath(number: PhoneNumber): string | null {
  const kind = kindOf(number);
  return kind ? `${PAGES[kind]}/${number[kind]}` : null;
}

export function holderName(number: PhoneNumber): string {
  const kind = kindOf(number);
  return (kind && number[`${kind}_name`]) ?? '';
}

export function holds({ kind, id }: Holder, number: PhoneNumber): boolean {
  return number[kind] === id;
}
