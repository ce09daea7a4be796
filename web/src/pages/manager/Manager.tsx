// The call manager: one's own calls, and calling somebody.
import { Grid, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useRights } from '../../api/session';
import { PageFrame } from '../../shell/PageFrame';
import { KeyPanel } from '../keys/KeyPanel';
import { Completions } from './Completions';
import { DialBox } from './DialBox';
import classes from './manager.module.css';
import { OwnCalls } from './OwnCalls';
import { Parked } from './Parked';

export default function Manager() {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const hasKeys = useRights().has('fkey');
  useHotkeys([['d', () => field.current?.focus()]]);
  return (
    <PageFrame title={t('manager.title')}>
      <Grid gutter="sm">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <OwnCalls />
          <Completions />
          <Parked />
          {hasKeys && (
            <section className={`panel ${classes.box}`} aria-labelledby="manager-fkeys">
              <h2 id="manager-fkeys">{t('keys.title')}</h2>
              <KeyPanel />
            </section>
          )}
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <DialBox field={field} />
          <Text size="xs" c="dimmed" visibleFrom="sm">
            {t('manager.keys')}
          </Text>
        </Grid.Col>
      </Grid>
    </PageFrame>
  );
}
