// Instead of a page that takes a right one does not have, or no longer.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router-dom';
import { useRights } from '../api/session';
import { PageFrame } from './PageFrame';

export function Need({ right }: { right: string }) {
  const { t } = useTranslation();
  if (useRights().has(right)) return <Outlet />;
  return (
    <PageFrame title={t('shell.noRight.title')}>
      <Text>{t('shell.noRight.text')}</Text>
    </PageFrame>
  );
}
