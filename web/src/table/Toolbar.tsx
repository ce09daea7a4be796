// The row above a table: search, what the page adds, what can be done with the picked rows, columns.
import { Button, CloseButton, Group, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { number } from '../i18n/format';
import { Icon } from '../shell/icons';
import classes from './table.module.css';

function SearchField({ search, onSearch }: { search: string; onSearch: (text: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(search);
  const ask = useDebouncedCallback(onSearch, 250);
  useEffect(() => setText(search), [search]);
  const change = (next: string) => {
    setText(next);
    ask(next.trim());
  };
  return (
    <TextInput
      type="search"
      size="xs"
      w={240}
      aria-label={t('table.search')}
      placeholder={t('table.search')}
      leftSection={<Icon name="search" size={14} />}
      rightSection={text && <CloseButton size="xs" aria-label={t('table.searchClear')} onClick={() => change('')} />}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

interface ToolbarProps {
  search: string;
  onSearch?: (text: string) => void;
  picked: number;
  onRemovePicked?: () => void;
  filters?: ReactNode;
  pickedActions?: ReactNode;
  columnMenu: ReactNode;
}

export function Toolbar({ search, onSearch, picked, onRemovePicked, filters, pickedActions, columnMenu }: ToolbarProps) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" p={8} className={classes.toolbar}>
      {onSearch && <SearchField search={search} onSearch={onSearch} />}
      {filters}
      <span className={classes.spacer} />
      {pickedActions}
      {onRemovePicked && picked > 0 && (
        <Button color="red" variant="light" leftSection={<Icon name="trash" size={14} />} onClick={onRemovePicked}>
          {t('table.removePicked', { count: picked, total: number(picked) })}
        </Button>
      )}
      {columnMenu}
    </Group>
  );
}
