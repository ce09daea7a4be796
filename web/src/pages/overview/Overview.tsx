// How the system is doing, and what to do next on a fresh one.
import { Alert, Badge, Grid, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import { useCalls, useRegistrations, useStatus } from '../../api/runtime';
import { fieldLabel } from '../../forms/texts';
import { number } from '../../i18n/format';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { Card } from './Card';
import { CallsNow } from './CallsNow';
import { NextSteps } from './NextSteps';
import { System } from './System';

const COUNT_ONLY = { page: 1, per_page: 1 };

export default function Overview() {
  const { t } = useTranslation();
  const status = useStatus();
  const calls = useCalls();
  const registrations = useRegistrations();
  const users = useList('users', COUNT_ONLY);
  const phones = useList('phones', COUNT_ONLY);
  const numbers = useList('numbers', COUNT_ONLY);

  const online = new Set((registrations.data ?? []).map((r) => r.phone_id)).size;
  const talking = (calls.data ?? []).filter((call) => call.answered_at).length;
  const count = (value: number | undefined) => (value === undefined ? '…' : number(value));

  return (
    <PageFrame title={t('overview.title')} badge={status.isPending ? <Loader size="xs" /> : <Badge color="green">{t('overview.running')}</Badge>}>
      {status.data?.restart_needed && (
        <Alert color="brass" mb="md" icon={<Icon name="warning" />}>
          {t('overview.restartNeeded', { fields: status.data.restart_fields.map((field) => fieldLabel('settings', field)).join(', ') })}
        </Alert>
      )}
      <Grid gutter="sm">
        <Card to="/calls" icon="calls" text={t('overview.callsNow')} value={count(calls.data?.length)} detail={t('overview.talking', { count: talking })} />
        <Card to="/phones" icon="phones" text={t('overview.phonesOnline')} value={count(online)} detail={t('overview.ofPhones', { count: phones.data?.total ?? 0 })} />
        <Card to="/users" icon="users" text={t('overview.users')} value={count(users.data?.total)} />
        <Card to="/numbers" icon="numbers" text={t('overview.numbers')} value={count(numbers.data?.total)} />
      </Grid>
      <Grid gutter="sm" mt="sm">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <NextSteps users={users.data?.total} phones={phones.data?.total} online={online} />
          <CallsNow calls={calls.data ?? []} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          {status.data && <System status={status.data} />}
        </Grid.Col>
      </Grid>
    </PageFrame>
  );
}
