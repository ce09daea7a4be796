// One of a few choices whose consequences are explained.
import { Radio, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

interface ChoiceFieldProps {
  name: string;
  label: string;
  choices: { value: string; label: string; help: ReactNode }[];
  value: string;
  error?: string;
  onChange: (value: string) => void;
}

export function ChoiceField({ name, label, choices, value, error, onChange }: ChoiceFieldProps) {
  return (
    <Radio.Group name={name} aria-label={label} value={value} error={error} onChange={onChange}>
      <Stack gap="sm" maw={720}>
        {choices.map((one) => (
          <Radio key={one.value} value={one.value} label={one.label} description={one.help} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
