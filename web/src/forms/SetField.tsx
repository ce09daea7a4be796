// Some of a few things, such as days of the week.
import { Checkbox, Group } from '@mantine/core';
import type { ReactNode } from 'react';

interface SetFieldProps {
  label: string;
  description?: ReactNode;
  error?: string;
  disabled?: boolean;
  withAsterisk?: boolean;
  choices: { value: string; label: string }[];
  value: string[];
  onChange: (value: string[]) => void;
}

export function SetField({ label, description, error, disabled, withAsterisk, choices, value, onChange }: SetFieldProps) {
  const put = (picked: string[]) => onChange(choices.map((one) => one.value).filter((one) => picked.includes(one)));
  return (
    <Checkbox.Group label={label} description={description} error={error} withAsterisk={withAsterisk} value={value} onChange={put}>
      <Group gap="sm" mt={6} mb={4}>
        {choices.map((one) => (
          <Checkbox key={one.value} value={one.value} label={one.label} disabled={disabled} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
