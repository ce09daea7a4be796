// What somebody sees first who does not administer: their calls now, and whether they may be disturbed.
import { Grid, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useChangeMe } from '../../api/account';
import { useOwnCalls } from '../../api/runtime';
import { useMe, useRights } from '../../api/session';
import { fieldLabel } from '../../forms/texts';
import { notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { OwnCalls } from '../manager/OwnCalls';
import { CallsNow } from './CallsNow';
import classes from './overview.module.css';

export function OwnOverview() {
  const { t } = useTranslation();
  const me = useMe();
  const rights = useRights();
  const calls = useOwnCalls();
  const change = useChangeMe();
  if (!me) return null;
  return (
    <PageFrame title={t('overview.title')}>
      <Grid gutter="sm">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          {rights.has('callman') ? <OwnCalls /> : <CallsNow calls={calls.data ?? []} />}
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <section className={`panel ${classes.box}`} aria-labelledby="overview-me">
            <h2 id="overview-me">{t('overview.hello', { name: me.first_name })}</h2>
            <Text c="dimmed" mb="sm">
              {me.numbers.length ? t('overview.yourNumbers', { numbers: me.numbers.join(', ') }) : t('overview.noNumbers')}
            </Text>
            <Switch
              label={fieldLabel('user', 'dnd')}
              description={t('overview.dndHelp')}
              checked={me.dnd}
              disabled={!rights.has('redirect') || change.isPending}
              onChange={(event) => change.mutate({ dnd: event.currentTarget.checked }, { onError: notifyError })}
            />
          </section>
        </Grid.Col>
      </Grid>
    </PageFrame>
  );
}
