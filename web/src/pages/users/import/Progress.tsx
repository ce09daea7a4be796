// How far the server is, and the way to stop it.
import { Button, Group, Progress as Bar, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UserImport } from '../../../api/userImport';
import { number } from '../../../i18n/format';

const TEXTS = { checking: 'users.import.checking', hashing: 'users.import.hashing', writing: 'users.import.writing' };

interface ProgressProps {
  job: UserImport;
  onCancel: () => void;
}

export function Progress({ job, onCancel }: ProgressProps) {
  const { t } = useTranslation();
  const percent = job.total ? (100 * job.done) / job.total : 0;
  const text = t(TEXTS[job.state as keyof typeof TEXTS]);
  return (
    <Stack className="panel" p="md" gap="sm">
      <Text role="status" fw={600}>
        {text}
      </Text>
      <Bar.Root size="lg">
        <Bar.Section value={percent} aria-label={text} />
      </Bar.Root>
      <Group justify="space-between">
        <Text c="dimmed">
          {t('users.import.progress', { done: number(job.done), total: number(job.total) })}
          {' · '}
          {t('users.import.stays')}
        </Text>
        <Button variant="default" onClick={onCancel}>
          {t('users.import.cancel')}
        </Button>
      </Group>
    </Stack>
  );
}
