// An ordered list of references: add, remove, move up and down.
import { ActionIcon, Badge, Group, Input, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { displayName, useByIds } from '../api/names';
import { Icon, type IconName } from '../shell/icons';
import classes from './forms.module.css';
import { RefSelect } from './RefSelect';

interface RefListFieldProps {
  name?: string;
  label: string;
  description?: ReactNode;
  error?: string;
  withAsterisk?: boolean;
  entity: string;
  value: number[];
  onChange: (ids: number[]) => void;
}

function Move({ icon, label, disabled, onClick }: { icon: IconName; label: string; disabled?: boolean; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size="sm" disabled={disabled} onClick={onClick} aria-label={label}>
      <Icon name={icon} size={15} />
    </ActionIcon>
  );
}

export function RefListField({ label, description, error, entity, value, onChange }: RefListFieldProps) {
  const { t } = useTranslation();
  const known = useByIds<{ id: number }>(entity === 'user' ? 'user' : 'phone', value);

  const swap = (index: number, other: number) => {
    const next = [...value];
    [next[index], next[other]] = [next[other] as number, next[index] as number];
    onChange(next);
  };

  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <ol className={classes.refList} aria-label={label}>
        {value.map((id, index) => {
          const item = known.get(id);
          const name = item ? displayName(entity, item) : `#${id}`;
          return (
            <li key={id} className={classes.refItem}>
              <Text inherit>{name}</Text>
              {index === 0 && <Badge color="brass">{t('forms.primary')}</Badge>}
              <Group gap={2} ml="auto">
                <Move icon="up" label={t('forms.moveUp', { name })} disabled={index === 0} onClick={() => swap(index, index - 1)} />
                <Move icon="down" label={t('forms.moveDown', { name })} disabled={index === value.length - 1} onClick={() => swap(index, index + 1)} />
                <Move icon="close" label={t('forms.remove', { name })} onClick={() => onChange(value.filter((other) => other !== id))} />
              </Group>
            </li>
          );
        })}
      </ol>
      <RefSelect
        key={value.length} // empties the field after each pick
        entity={entity}
        value={null}
        exclude={value}
        aria-label={t('forms.addTo', { label })}
        placeholder={t('forms.add')}
        onChange={(id) => id !== null && onChange([...value, id])}
      />
    </Input.Wrapper>
  );
}
