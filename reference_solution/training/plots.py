"""The two figures of the evaluation."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import precision_recall_curve

COLOURS = {"baseline": "#8a8f98", "tuned": "#1f5fa8"}


def calibration_plot(label: np.ndarray, scores: dict[str, np.ndarray], path: Path, bins: int = 10) -> None:
    """Draw observed against predicted in bins of equal size, with binomial 95 % bars."""
    figure, axes = plt.subplots(figsize=(6, 5.4))
    top = 0.0
    for name, score in scores.items():
        groups = np.array_split(np.argsort(score, kind="stable"), bins)
        predicted = np.array([score[group].mean() for group in groups])
        observed = np.array([label[group].mean() for group in groups])
        bars = 1.96 * np.sqrt(observed * (1 - observed) / [group.size for group in groups])
        axes.errorbar(predicted, observed, yerr=bars, marker="o", capsize=2, label=name, color=COLOURS[name])
        top = max(top, predicted.max(), observed.max())
    axes.plot([0, top], [0, top], "--", color="black", linewidth=0.8, label="perfect")
    axes.set(
        xlabel="mean predicted probability",
        ylabel="observed churn rate",
        title="Calibration on the test months",
    )
    axes.legend()
    _save(figure, path)


def pr_curve_plot(
    label: np.ndarray, scores: dict[str, np.ndarray], pr_auc: dict[str, float], path: Path
) -> None:
    """Draw the precision-recall curves with the base rate, which is what a random order reaches."""
    figure, axes = plt.subplots(figsize=(6, 5.4))
    for name, score in scores.items():
        precision, recall, _ = precision_recall_curve(label, score)
        axes.plot(recall, precision, label=f"{name}, PR-AUC {pr_auc[name]:.3f}", color=COLOURS[name])
    axes.axhline(
        label.mean(), linestyle="--", color="black", linewidth=0.8, label=f"base rate {label.mean():.3f}"
    )
    axes.set(
        xlabel="recall",
        ylabel="precision",
        xlim=(0, 1),
        ylim=(0, 1),
        title="Precision and recall on the test months",
    )
    axes.legend()
    _save(figure, path)


def _save(figure: plt.Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
