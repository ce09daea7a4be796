// What the panel and the editor have in common.
import type { TFunction } from 'i18next';
import type { FunctionKey, KeyType, OwnKey } from '../../api/keys';

/** In the order in which they are offered; once: a user has only one. */
export const KEY_TYPES: { type: KeyType; once?: boolean; states: OwnKey['state'][] }[] = [
  { type: 'blf', states: ['free', 'ringing', 'busy'] },
  { type: 'speed_dial', states: ['none'] },
  { type: 'group', states: ['off', 'on'] },
  { type: 'redirect', states: ['off', 'on'] },
  { type: 'redirect_all', states: ['off', 'on'] },
  { type: 'orbit', states: ['off', 'on'] },
  { type: 'dnd', once: true, states: ['off', 'on'] },
  { type: 'call_completion', once: true, states: ['off', 'possible', 'on', 'recalling'] },
  { type: 'label', states: [] },
  { type: 'separator', states: [] },
];

/** Nothing can be said about them: they are made without a dialogue. */
export const WITHOUT_DIALOGUE: ReadonlySet<KeyType> = new Set<KeyType>(['dnd', 'call_completion', 'separator']);

export const COLUMNS_MAX = 8;

export function keyName(t: TFunction, key: FunctionKey): string {
  if (key.label) return key.label;
  if (key.type === 'orbit') return t('keys.orbitName', { orbit: key.orbit });
  const name = key.target_name || t(`keys.type.${key.type}`);
  const redirects = key.type === 'redirect' || key.type === 'redirect_all';
  return redirects ? `${name}: ${t(`keys.triggers.${key.trigger}`)}` : name;
}

/** In their columns, those without keys left out. */
export function inColumns<T extends FunctionKey>(keys: T[]): { column: number; keys: T[] }[] {
  const columns = [...new Set(keys.map(({ column }) => column))].sort((a, b) => a - b);
  return columns.map((column) => ({ column, keys: keys.filter((key) => key.column === column).sort((a, b) => a.position - b.position) }));
}
