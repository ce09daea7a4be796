import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PERIODS } from './period';

export function PeriodSelect({ period, onPeriod }: { period: string; onPeriod: (period: string) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      size="xs"
      w={170}
      aria-label={t('records.period.title')}
      allowDeselect={false}
      data={PERIODS.map((value) => ({ value, label: t(`records.period.${value}`) }))}
      value={period}
      onChange={(value) => onPeriod(value ?? 'all')}
    />
  );
}
