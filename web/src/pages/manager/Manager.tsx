// The call manager: one's own calls, and calling somebody.
import { Grid, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { PageFrame } from '../../shell/PageFrame';
import { DialBox } from './DialBox';
import { OwnCalls } from './OwnCalls';

export default function Manager() {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  useHotkeys([['d', () => field.current?.focus()]]);
  return (
    <PageFrame title={t('manager.title')}>
      <Grid gutter="sm">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <OwnCalls />
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
