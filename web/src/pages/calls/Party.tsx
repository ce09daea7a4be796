import type { CallParty } from '../../api/types';

/** One end of a call: the name with its number, or what is known of them. */
export function Party({ party }: { party: CallParty }) {
  if (!party.name) return <span>{party.number}</span>;
  return (
    <span>
      {party.name} <span style={{ color: 'var(--mantine-color-dimmed)' }}>{party.number}</span>
    </span>
  );
}

export function partyText({ name, number }: CallParty): string {
  return [name, number].filter(Boolean).join(' ');
}
