// Says on every page that the disk fills up.
import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDisk } from '../api/runtime';
import { megabytes } from '../i18n/format';

export function DiskBanner() {
  const { t } = useTranslation();
  const { data } = useDisk();
  if (!data || (data.state !== 'low' && data.state !== 'full')) return null;
  const free = megabytes(data.free_bytes);
  return (
    <Alert color="red" radius={0} role="alert">
      {data.state === 'full' ? t('shell.disk.full', { free }) : t('shell.disk.low', { free })}
    </Alert>
  );
}
