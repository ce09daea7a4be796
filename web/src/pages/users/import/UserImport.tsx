// Users from a table (USR-2): choose a file, see what it would do, import it. The server does the work; this page watches.
import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { isRunning, useUserImport, useUserImportSteps, type UserImport as Job } from '../../../api/userImport';
import { Icon } from '../../../shell/icons';
import { notifyError } from '../../../shell/notify';
import { PageFrame } from '../../../shell/PageFrame';
import { ChooseFile } from './ChooseFile';
import { Counts, Preview } from './Preview';
import { Progress } from './Progress';
import { Rows } from './Rows';

function Outcome({ job, onAgain }: { job: Job; onAgain: () => void }) {
  const { t } = useTranslation();
  const done = job.state === 'done';
  const sentence = { done: 'users.import.done', cancelled: 'users.import.cancelled' }[job.state as string];
  const failure = job.error === 'rows_invalid' ? 'users.import.rowsInvalid' : 'users.import.failed';
  return (
    <Stack className="panel" p="md" gap="sm" component="section" aria-label={t('users.import.result')}>
      <Alert color={done ? 'green' : job.state === 'failed' ? 'red' : 'gray'} role="status">
        {t(sentence ?? failure)}
      </Alert>
      {done && <Counts job={job} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onAgain}>
          {t('users.import.again')}
        </Button>
        <Button component={Link} to="/users">
          {t('users.import.toUsers')}
        </Button>
      </Group>
    </Stack>
  );
}

export default function UserImport() {
  const { t } = useTranslation();
  const job = useUserImport();
  const { check, apply, cancel } = useUserImportSteps();
  const onError = notifyError;
  const present = job.data;
  const leave = () => cancel.mutate(undefined, { onError });

  return (
    <PageFrame
      title={t('users.import.title')}
      up={{ to: '/users', text: t('users.title') }}
      actions={
        <Button component="a" href="/api/users-template.csv" download variant="default" leftSection={<Icon name="download" size={14} />}>
          {t('users.import.template')}
        </Button>
      }
    >
      <Stack gap="md">
        <Text c="dimmed" maw={800}>
          {t('users.import.intro')}
        </Text>
        {job.isPending && <Loader size="sm" />}
        {present === null && <ChooseFile busy={check.isPending} onFile={(file) => check.mutate(file, { onError })} />}
        {present && isRunning(present.state) && <Progress job={present} onCancel={leave} />}
        {present?.state === 'ready' && (
          <Preview job={present} busy={apply.isPending} onApply={(how) => apply.mutate(how, { onError })} onCancel={leave} />
        )}
        {present && !isRunning(present.state) && present.state !== 'ready' && <Outcome job={present} onAgain={leave} />}
        {present && !isRunning(present.state) && present.state !== 'cancelled' && <Rows key={present.state} job={present} />}
      </Stack>
    </PageFrame>
  );
}
