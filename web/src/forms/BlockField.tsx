// A text of many lines, typed, pasted or read from a file (certificates).
import { Button, FileButton, Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface BlockFieldProps {
  name: string;
  label: string;
  description?: ReactNode;
  error?: string;
  withAsterisk?: boolean;
  placeholder?: string;
  maxLength?: number;
  value: string;
  onChange: (text: string) => void;
}

export function BlockField({ value, onChange, ...input }: BlockFieldProps) {
  const { t } = useTranslation();
  const load = (file: File | null) => void file?.text().then(onChange);
  return (
    <div>
      <Textarea
        {...input}
        rows={6}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: 'mono' }}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <FileButton onChange={load}>
        {(props) => (
          <Button {...props} variant="subtle" size="compact-sm" mt={4} aria-label={`${input.label}: ${t('forms.loadFile')}`}>
            {t('forms.loadFile')}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
