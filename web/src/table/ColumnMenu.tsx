// Lets the reader choose the columns of a table.
import { ActionIcon, Button, Checkbox, Popover, Stack, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '../shell/icons';

interface ColumnMenuProps {
  columns: { id: string; text: string }[];
  visible: Record<string, boolean>;
  onToggle: (id: string) => void;
  onReset: () => void;
}

export function ColumnMenu({ columns, visible, onToggle, onReset }: ColumnMenuProps) {
  const { t } = useTranslation();
  const shown = columns.filter(({ id }) => visible[id]).length;
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={t('table.columns')}>
          <ActionIcon variant="default" size={30} aria-label={t('table.columns')}>
            <Icon name="columns" />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('table.columns')}>
        <Stack gap={8}>
          {columns.map(({ id, text }) => (
            <Checkbox
              key={id}
              size="xs"
              label={t(text)}
              checked={visible[id] ?? false}
              disabled={visible[id] && shown === 1}
              onChange={() => onToggle(id)}
            />
          ))}
          <Button variant="subtle" size="compact-xs" onClick={onReset}>
            {t('table.columnsReset')}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
