// Draws the ladder. Works like a list: arrows on the keyboard move through the messages.
import { useElementSize } from '@mantine/hooks';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ArrowRow, rowId } from './ArrowRow';
import { ladderGeometry, rowY } from './geometry';
import type { Ladder } from './ladder';
import { LadderHead } from './LadderHead';
import classes from './traces.module.css';

interface LadderDiagramProps {
  ladder: Ladder;
  picked: number;
  onPick: (index: number) => void;
}

export function LadderDiagram({ ladder, picked, onPick }: LadderDiagramProps) {
  const { t } = useTranslation();
  const { ref, width: available } = useElementSize();
  const { columns, arrows } = ladder;
  const geometry = ladderGeometry(columns.length, available);
  const height = rowY(arrows.length);

  const onKeyDown = (event: KeyboardEvent) => {
    const last = arrows.length - 1;
    const target: Record<string, number> = { ArrowDown: picked + 1, ArrowUp: picked - 1, Home: 0, End: last };
    const to = target[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(last, to));
    onPick(index);
    document.getElementById(rowId(index))?.scrollIntoView({ block: 'nearest' });
  };

  return (
    <div ref={ref} className={`panel ${classes.scroll}`}>
      <LadderHead columns={columns} geometry={geometry} />
      <svg
        className={classes.ladder}
        width={geometry.width}
        height={height}
        role="listbox"
        tabIndex={0}
        aria-label={t('traces.ladder')}
        aria-activedescendant={rowId(picked)}
        onKeyDown={onKeyDown}
      >
        {columns.map((column, index) => (
          <line key={column.key} className={classes.lifeline} x1={geometry.x(index)} x2={geometry.x(index)} y1={0} y2={height} />
        ))}
        {arrows.map((arrow, index) => (
          <ArrowRow key={index} arrow={arrow} index={index} geometry={geometry} picked={index === picked} onPick={() => onPick(index)} />
        ))}
      </svg>
    </div>
  );
}
