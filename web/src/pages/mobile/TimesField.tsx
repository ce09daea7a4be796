// Days and hours at which a mobile phone rings; none: always.
import { Button, CloseButton, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SetField } from '../../forms/SetField';
import { fieldLabel, optionLabel } from '../../forms/texts';
import { Icon } from '../../shell/icons';
import { DAYS, framesOf, textOf, WORKING_HOURS, type Day, type Frame } from './times';
import classes from './mobile.module.css';

interface TimesFieldProps {
  value: string;
  error?: string;
  onChange: (value: string) => void;
}

export function TimesField({ value, error, onChange }: TimesFieldProps) {
  const { t } = useTranslation();
  const frames = framesOf(value);
  const put = (next: Frame[]) => onChange(textOf(next));
  const change = (at: number, part: Partial<Frame>) => put(frames.map((frame, i) => (i === at ? { ...frame, ...part } : frame)));
  const choices = DAYS.map((day) => ({ value: day, label: optionLabel('time_frame', 'days', day) }));
  return (
    <Stack gap="xs" role="group" aria-label={fieldLabel('mobile_twin', 'times')}>
      <Text size="sm" fw={500}>
        {fieldLabel('mobile_twin', 'times')}
      </Text>
      {frames.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('mobile.alwaysHelp')}
        </Text>
      )}
      {frames.map((frame, at) => (
        <div key={at} className={classes.frame} role="group" aria-label={t('mobile.frame', { n: at + 1 })}>
          <SetField label={t('mobile.days')} choices={choices} value={frame.days} onChange={(days) => change(at, { days: days as Day[] })} />
          <div className={classes.hours}>
            <TextInput label={t('mobile.from')} value={frame.from} maxLength={5} onChange={(event) => change(at, { from: event.currentTarget.value })} />
            <TextInput label={t('mobile.to')} value={frame.to} maxLength={5} onChange={(event) => change(at, { to: event.currentTarget.value })} />
            <CloseButton aria-label={t('mobile.removeFrame', { n: at + 1 })} onClick={() => put(frames.filter((_, i) => i !== at))} />
          </div>
        </div>
      ))}
      {error && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      <Button
        size="compact-sm"
        variant="default"
        style={{ alignSelf: 'flex-start' }}
        leftSection={<Icon name="plus" size={14} />}
        onClick={() => put([...frames, WORKING_HOURS])}
      >
        {t('mobile.addFrame')}
      </Button>
    </Stack>
  );
}
