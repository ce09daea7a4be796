// The row below a table: how many there are, which page this is, how many rows a page has.
import { ActionIcon, Group, Select, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { number } from '../i18n/format';
import { Icon } from '../shell/icons';
import { PER_PAGE_CHOICES } from './useTableView';

interface FooterProps {
  first: number;
  shown: number;
  total: number;
  page: number;
  perPage: number;
  onPage: (page: number) => void;
  onPerPage: (rows: number) => void;
}

export function Footer({ first, shown, total, page, perPage, onPage, onPerPage }: FooterProps) {
  const { t } = useTranslation();
  const pages = Math.max(1, Math.ceil(total / perPage));
  const from = shown === 0 ? 0 : first;
  const to = shown === 0 ? 0 : first + shown - 1;
  return (
    <Group justify="space-between" px="sm" py={6} gap="xs">
      <Text size="xs" c="dimmed" role="status">
        {t('table.range', { from: number(from), to: number(to), total: number(total) })}
      </Text>
      <Group gap="xs">
        <Text size="xs" c="dimmed">
          {t('table.rows')}
        </Text>
        <Select
          size="xs"
          w={72}
          aria-label={t('table.rows')}
          allowDeselect={false}
          data={PER_PAGE_CHOICES.map(String)}
          value={String(perPage)}
          onChange={(rows) => onPerPage(Number(rows))}
        />
        <ActionIcon variant="default" disabled={page <= 1} onClick={() => onPage(page - 1)} aria-label={t('table.previous')}>
          <Icon name="left" size={16} />
        </ActionIcon>
        <Text size="xs">{t('table.page', { page: number(page), pages: number(pages) })}</Text>
        <ActionIcon variant="default" disabled={page >= pages} onClick={() => onPage(page + 1)} aria-label={t('table.next')}>
          <Icon name="right" size={16} />
        </ActionIcon>
      </Group>
    </Group>
  );
}
