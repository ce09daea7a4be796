// Below the search: all rows of the page are picked, and more are found than the page has.
import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { number } from '../i18n/format';
import classes from './table.module.css';

interface AllFoundProps {
  /** All that are found are picked, not only those on the page. */
  all: boolean;
  shown: number;
  total: number;
  onAll: (all: boolean) => void;
}

export function AllFound({ all, shown, total, onAll }: AllFoundProps) {
  const { t } = useTranslation();
  return (
    <Group className={classes.found} gap="xs" px="sm" py={6} role="status">
      <Text size="sm">{all ? t('table.allFound', { total: number(total) }) : t('table.allOfPage', { shown: number(shown) })}</Text>
      <Button size="compact-sm" variant="subtle" onClick={() => onAll(!all)}>
        {all ? t('table.pickNone') : t('table.pickFound', { total: number(total) })}
      </Button>
    </Group>
  );
}
