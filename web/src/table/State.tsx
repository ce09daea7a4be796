// What a table shows instead of rows.
import { Button, Loader, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../shell/notify';
import type { TableData } from './types';

interface StateProps<T> {
  data: Omit<TableData<T>, 'first'>;
  narrowed: boolean;
  onWiden: () => void;
  empty?: ReactNode;
}

export function State<T>({ data, narrowed, onWiden, empty }: StateProps<T>) {
  const { t } = useTranslation();
  if (data.loading) return <Loader size="sm" m="xl" aria-label={t('table.loading')} />;
  if (data.error) {
    return (
      <Stack align="center" p="xl" gap="xs" role="alert">
        <Text>{errorText(data.error)}</Text>
        <Button variant="light" onClick={data.retry}>
          {t('table.retry')}
        </Button>
      </Stack>
    );
  }
  return (
    <Stack align="center" p="xl" gap="xs">
      <Text c="dimmed">{narrowed ? t('table.nothingFound') : (empty ?? t('table.empty'))}</Text>
      {narrowed && (
        <Button variant="light" onClick={onWiden}>
          {t('table.widen')}
        </Button>
      )}
    </Stack>
  );
}
