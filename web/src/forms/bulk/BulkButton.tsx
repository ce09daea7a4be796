import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { number } from '../../i18n/format';
import { Icon } from '../../shell/icons';

/** Stands above a table while rows are picked. */
export function BulkButton({ count, onClick }: { count: number; onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button variant="light" leftSection={<Icon name="edit" size={14} />} onClick={onClick}>
      {t('bulk.edit', { count, total: number(count) })}
    </Button>
  );
}
