"""How many folders drawn samples ask for, how fair the choice is, and how long a draw takes.

    python -m benchmarks.sampling [--claims 20] [--seeds 600]

On small claims, made at random, the folders of a draw are compared with the fewest with which any sample could do; on
a large one with a bound below that (the fewest, if folders could be pulled in part). Fair is a draw by which over many
seeds every line is drawn now and then, and none always but those that the claim leaves no choice about. Last, many
draws at once are timed against one after the other, which are the same draws.
"""

import argparse
import resource
import time
from collections import Counter
from random import Random
from statistics import mean, median

from claimbatch.claims.claim import Claim
from claimbatch.moderation.sampling import draw
from claimbatch.moderation.simulation import simulate
from claimbatch.moderation.strategies import Strategy, load_strategies
from tests.claims_made import big_claim, random_claim
from tests.fewest import fewest_folders, no_choice


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--claims", type=int, default=20, help="how many small claims")
    parser.add_argument("--seeds", type=int, default=600, help="how many draws of each claim")
    options = parser.parse_args()
    small = [small_claim(Random(number)) for number in range(options.claims)]
    print(f"Small claims: {len(small)} of 4 to 30 candidates x 2 to 8 units, each drawn 20 times")
    table(small, 20, exact=True)
    print(f"\n30 candidates x 6 units, drawn {options.seeds} times")
    table([big_claim(30, 6)], options.seeds, exact=True)
    print("\n300 candidates x 25 units, drawn 10 times; compared with a bound below the fewest")
    large = random_claim(Random(300), 300, 25, 3, 0.2)
    table([large], 10, exact=False)
    print("\nThe same claim, many draws at once; medians of three, in turn")
    at_once(large)


def small_claim(random: Random) -> Claim:
    return random_claim(
        random, random.randint(4, 30), random.randint(2, 8), random.randint(1, 3), random.choice([0.1, 0.4])
    )


def table(claims: list[Claim], seeds: int, *, exact: bool) -> None:
    print(
        f"{'':<18}{'folders':>9}{'of fewest':>11}{'never drawn':>13}{'always':>8}{'no choice':>11}{'ms a draw':>11}"
    )
    for key, strategy in load_strategies().items():
        rows = [measured(claim, strategy, seeds, exact=exact) for claim in claims]
        folders, ratio, never, always, forced, seconds = (mean(column) for column in zip(*rows, strict=True))
        print(
            f"{key:<18}{folders:>9.1f}{ratio:>11.3f}{never:>13.1%}{always:>8.1%}{forced:>11.1%}{seconds * 1000:>11.2f}"
        )


def at_once(claim: Claim, draws: int = 1000, alone: int = 10) -> None:
    print(f"{'':<18}{'ms a draw':>11}{'at once':>9}{'ratio':>7}{'s for 10,000':>14}{'MB':>6}")
    for key, strategy in load_strategies().items():
        one, many = [], []
        for _ in range(3):
            start = time.process_time()
            for seed in range(alone):
                draw(claim, strategy, str(seed))
            one.append((time.process_time() - start) / alone)
            start = time.process_time()
            simulate(claim, strategy, draws)
            many.append((time.process_time() - start) / draws)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        slow, fast = median(one), median(many)
        print(
            f"{key:<18}{slow * 1000:>11.1f}{fast * 1000:>9.2f}{slow / fast:>7.0f}{fast * 1e4:>14.1f}{memory:>6.0f}"
        )


def measured(claim: Claim, strategy: Strategy, seeds: int, *, exact: bool) -> tuple[float, ...]:
    """Folders of a draw, that by the fewest, shares of the lines never and always drawn and without choice, seconds."""
    start = time.process_time()
    samples = [draw(claim, strategy, str(seed)) for seed in range(seeds)]
    seconds = (time.process_time() - start) / seeds
    folders = mean(len(sample.candidates) for sample in samples)
    drawn, lines = Counter(line for sample in samples for line in sample.lines), len(claim.lines)
    return (
        folders,
        folders / fewest_folders(claim, strategy, exact=exact),
        1 - len(drawn) / lines,
        sum(times == seeds for times in drawn.values()) / lines,
        len(no_choice(claim, strategy)) / lines,
        seconds,
    )


if __name__ == "__main__":
    main()
