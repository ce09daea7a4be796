import { Badge, Group, Text } from '@mantine/core';
import { optionLabel } from '../../forms/texts';
import { BASIS_COLORS, noteOf } from './note';

interface ProviderNoteProps {
  name: string;
  basis: string;
}

export function ProviderNote({ name, basis }: ProviderNoteProps) {
  const note = noteOf(name);
  if (basis === 'own' || !note) return null;
  return (
    <Group gap="xs" mb="sm" align="start" wrap="nowrap">
      <Badge color={BASIS_COLORS[basis] ?? 'gray'} style={{ flexShrink: 0 }}>
        {optionLabel('provider', 'basis', basis)}
      </Badge>
      <Text size="sm" maw={800}>
        {note}
      </Text>
    </Group>
  );
}
