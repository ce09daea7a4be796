// Ctrl+K: one field that finds pages, single settings, users, numbers, phones and what else is set up.
import { Loader, Modal, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import { Icon } from '../icons';
import classes from './search.module.css';
import { useResults, type Result } from './useResults';

const optionId = (index: number) => `search-option-${index}`;

interface RowProps {
  result: Result;
  index: number;
  active: boolean;
  heading: boolean;
  onPick: () => void;
}

function Row({ result, index, active, heading, onPick }: RowProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <>
      {heading && (
        <div className={classes.group} role="presentation">
          {result.group}
        </div>
      )}
      {/* the field keeps the focus and handles the keys, as the combobox pattern asks */}
      {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus */}
      <div ref={ref} id={optionId(index)} role="option" aria-selected={active} className={classes.option} onClick={onPick}>
        <Icon name={result.icon} size={16} />
        <span>{result.text}</span>
        <Text span size="xs" c="dimmed" ml="auto">
          {result.detail}
        </Text>
      </div>
    </>
  );
}

export default function Search({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 150);
  const { results, busy } = useResults(asked);
  const [active, setActive] = useState(0);
  const current = Math.min(active, results.length - 1);

  const pick = (result: Result | undefined) => {
    if (!result) return;
    onClose();
    navigate(result.to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive((current + 1) % Math.max(results.length, 1));
    else if (event.key === 'ArrowUp') setActive((current + results.length - 1) % Math.max(results.length, 1));
    else if (event.key === 'Enter') pick(results[current]);
    else return;
    event.preventDefault();
  };

  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      title={t('shell.search.open')} // its name; not to be seen
      classNames={{ header: classes.header }}
      padding={0}
      size={560}
      centered={false}
      yOffset="10vh"
    >
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        px="sm"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        placeholder={t('shell.search.placeholder')}
        leftSection={<Icon name="search" size={16} />}
        rightSection={busy ? <Loader size="xs" /> : null}
        role="combobox"
        aria-label={t('shell.search.open')}
        aria-expanded
        aria-controls="search-results"
        aria-activedescendant={results.length ? optionId(current) : undefined}
      />
      <div id="search-results" role="listbox" aria-label={t('shell.search.results')} className={classes.list}>
        {results.map((result, index) => (
          <Row
            key={result.key}
            result={result}
            index={index}
            active={index === current}
            heading={result.group !== results[index - 1]?.group}
            onPick={() => pick(result)}
          />
        ))}
      </div>
      {results.length === 0 && !busy && (
        <Text p="sm" c="dimmed">
          {t('shell.search.nothing')}
        </Text>
      )}
    </Modal>
  );
}
