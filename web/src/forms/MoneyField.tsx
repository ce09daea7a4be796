// An amount of money: the server counts millionths, people write decimals.
import { NumberInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { decimalSign } from '../i18n/format';
import { MICRO } from '../i18n/money';

interface MoneyFieldProps {
  name: string;
  label: string;
  description?: ReactNode;
  error?: string;
  disabled?: boolean;
  withAsterisk?: boolean;
  value: number | null;
  onChange: (micro: number | null) => void;
}

export function MoneyField({ value, onChange, ...input }: MoneyFieldProps) {
  return (
    <NumberInput
      {...input}
      value={value === null ? '' : value / MICRO}
      decimalScale={6}
      decimalSeparator={decimalSign()}
      allowedDecimalSeparators={['.', ',']}
      allowNegative={false}
      hideControls
      onChange={(amount) => onChange(amount === '' ? null : Math.round(Number(amount) * MICRO))}
    />
  );
}
