// What the rows would do, and the choice: import, or not.
import { Alert, Badge, Button, Checkbox, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UserImport } from '../../../api/userImport';
import { number } from '../../../i18n/format';

export function Counts({ job }: { job: UserImport }) {
  const { t } = useTranslation();
  const text = (key: 'create' | 'update' | 'unchanged' | 'invalid') =>
    t(`users.import.${key}`, { count: job[key] }).replace(String(job[key]), number(job[key]));
  return (
    <Group gap="xs" role="status">
      <Badge size="lg" color="green">{text('create')}</Badge>
      <Badge size="lg" color="blue">{text('update')}</Badge>
      <Badge size="lg" color="gray">{text('unchanged')}</Badge>
      {job.invalid > 0 && <Badge size="lg" color="red">{text('invalid')}</Badge>}
    </Group>
  );
}

interface PreviewProps {
  job: UserImport;
  busy: boolean;
  onApply: (how: { only_valid: boolean; mail: boolean }) => void;
  onCancel: () => void;
}

export function Preview({ job, busy, onApply, onCancel }: PreviewProps) {
  const { t } = useTranslation();
  const [mail, setMail] = useState(false);
  const valid = job.create + job.update;
  return (
    <Stack className="panel" p="md" gap="sm" component="section" aria-label={t('users.import.summary')}>
      <Counts job={job} />
      {job.encoding === 'windows-1252' && <Alert color="yellow">{t('users.import.windows')}</Alert>}
      {valid === 0 && <Alert color="gray">{t('users.import.nothing')}</Alert>}
      <Checkbox label={t('users.import.mail')} checked={mail} onChange={(event) => setMail(event.currentTarget.checked)} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onCancel}>
          {t('users.import.cancel')}
        </Button>
        <Button disabled={valid === 0} loading={busy} onClick={() => onApply({ only_valid: job.invalid > 0, mail })}>
          {t(job.invalid > 0 ? 'users.import.applyValid' : 'users.import.apply', { count: valid })}
        </Button>
      </Group>
    </Stack>
  );
}
