using System.Globalization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.ChaosCampaign;

/// <summary>
/// Kills a campaign at random moments and resumes it each time, as often as asked, and holds what it comes to against one
/// that was left alone: the same bytes of results.json and samples.json, nothing journalled lost, nothing done twice, nothing left over.
/// </summary>
/// <param name="program">The program, spiketrail.dll.</param>
/// <param name="folder">Where to.</param>
/// <param name="seed">What the moments are drawn from. What happens at them depends on the machine.</param>
/// <param name="output">What is told goes there.</param>
public sealed class Chaos(string program, string folder, int seed, TextWriter output)
{
    private const int Epochs = 3;
    private const int Shards = 4;
    private const int Cells = 2 * (1 + 2 * 2);
    private const int Links = 2 * Shards;

    private readonly Random _random = new(seed);
    private readonly Dictionary<Phase, int> _kills = Enum.GetValues<Phase>().ToDictionary(phase => phase, _ => 0);
    private readonly List<string> _faults = [];

    /// <summary>Goes on until the program was killed as often as asked, in every phase about equally often.</summary>
    /// <param name="kills">How often.</param>
    /// <returns>What was found wrong; nothing, if all is well.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(int kills)
    {
        Directory.CreateDirectory(folder);
        var campaign = Path.Combine(folder, "chaos.conf");
        await using (var text = typeof(Chaos).Assembly.GetManifestResourceStream("chaos.conf")!)
        await using (var file = File.Create(campaign))
        {
            await text.CopyToAsync(file);
        }

        var whole = Path.Combine(folder, "left-alone");
        await FinishAsync(campaign, whole);
        var rounds = 0;
        while (_faults.Count == 0 && !IsEnough(kills))
        {
            var round = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"round-{++rounds}"));
            await KillAgainAndAgainAsync(campaign, round, kills);
            if (_faults.Count == 0)
            {
                Compare(whole, round);
            }
        }

        Report(rounds);
        return _faults;
    }

    private bool IsEnough(int kills) => _kills.Values.Sum() >= kills && _kills.Values.All(count => count > 0);

    private async Task KillAgainAndAgainAsync(string campaign, string round, int kills)
    {
        var wreck = Wreck.Nothing;
        while (!IsEnough(kills))
        {
            // The phase that was hit least; one that is over comes again in another round.
            var aim = _kills.OrderBy(hit => hit.Value).ThenBy(_ => _random.Next()).First().Key;
            if (aim == Phase.Training && wreck.Facts.OfType<EpochTrained>().Count() == Epochs)
            {
                break;
            }

            using var sitting = Sitting.Start(program, campaign, round);
            if (!await sitting.KillAsync(aim, Epochs, begun: wreck.Facts.Count > 1, _random))
            {
                if (await sitting.EndAsync() is var code and not 0)
                {
                    _faults.Add($"the program ended with {code}: {sitting.Output}");
                }

                return;
            }

            var before = wreck.Facts;
            wreck = Wreck.Look(round, Epochs);
            _kills[wreck.Phase]++;
            output.WriteLine(Invariant($"{_kills.Values.Sum(),4}. {wreck.Phase.ToString().ToLowerInvariant(),-13} {wreck.Facts.Count,3} facts in the journal"));
            if (!Texts(wreck.Facts).Take(before.Count).SequenceEqual(Texts(before)))
            {
                _faults.Add($"facts that were in the journal are there no more, or are others: {before.Count} before, {wreck.Facts.Count} after");
                return;
            }
        }

        await FinishAsync(campaign, round);
    }

    private async Task FinishAsync(string campaign, string to)
    {
        using var sitting = Sitting.Start(program, campaign, to);
        if (await sitting.EndAsync() is var code and not 0)
        {
            _faults.Add($"the program ended with {code}: {sitting.Output}");
        }
    }

    private void Compare(string whole, string round)
    {
        foreach (var file in new[] { "results.json", "samples.json" })
        {
            Expect(
                File.ReadAllBytes(Path.Combine(whole, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(round, file))),
                $"{round}/{file} has other bytes than {whole}/{file}");
        }

        var facts = Wreck.Look(round, Epochs).Facts;
        var links = facts.OfType<LinkMeasured>().ToList();
        ExpectOnce("shard", facts.OfType<ShardMeasured>().Concat(links.SelectMany(link => link.Shards)).Select(shard => shard.Shard), Cells * Shards);
        ExpectOnce("link", links.Select(link => link.Link), Links);
        ExpectOnce("cell", facts.OfType<CellCompleted>().Select(cell => cell.Cell), Cells);
        ExpectOnce("epoch", facts.OfType<EpochTrained>().Select(epoch => epoch.Epoch), Epochs);
        ExpectOnce("checkpoint within an epoch", facts.OfType<EpochCheckpointed>().Select(step => (step.Epoch, step.Progress.Steps)), Epochs * 7);
        ExpectOnce("run's samples", facts.OfType<SamplesTaken>().Select(samples => samples.Run), 1);
        Expect(facts.Count(fact => fact is CampaignAccepted) == 1 && facts.Count(fact => fact is CampaignCompleted) == 1, "the campaign was not accepted and completed once");
        Expect(!facts.Any(fact => fact is WorkFailed or CheckpointRefused), "work failed, or a checkpoint was refused");

        // What is to stay: the last two epochs' checkpoints.
        var kept = Wreck.Journalled(facts.OfType<EpochTrained>().TakeLast(2)).Order(StringComparer.Ordinal);
        Expect(kept.SequenceEqual(Wreck.CheckpointFiles(round).Order(StringComparer.Ordinal)), $"{round}/checkpoints has other files than the last two epochs'");
        var files = Directory.GetFiles(round).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal);
        Expect(
            files.SequenceEqual(["journal.db", "lock", "provenance.json", "report.html", "report.md", "results.json", "samples.json", "spiketrail.log"]),
            $"{round} has other files than a campaign: {string.Join(", ", files)}");
    }

    private void ExpectOnce<T>(string what, IEnumerable<T> done, int all)
    {
        var list = done.ToList();
        Expect(list.Count == list.Distinct().Count(), $"a {what} is in the journal twice");
        Expect(list.Distinct().Count() == all, $"{list.Distinct().Count()} {what}s are in the journal, expected {all}");
    }

    private void Expect(bool isSo, string fault)
    {
        if (!isSo)
        {
            _faults.Add(fault);
        }
    }

    private void Report(int rounds)
    {
        output.WriteLine();
        foreach (var (phase, count) in _kills)
        {
            output.WriteLine(Invariant($"killed in {phase.ToString().ToLowerInvariant(),-13} {count,4} times"));
        }

        output.WriteLine(Invariant($"{_kills.Values.Sum()} kills in {rounds} campaigns of {Epochs} epochs, {Cells * Shards} shards and {Links} links, seed {seed}"));
        foreach (var fault in _faults)
        {
            output.WriteLine($"fault: {fault}");
        }

        output.WriteLine(_faults.Count == 0
            ? "every results.json has the same bytes as without a kill; nothing was done twice, nothing was lost, nothing is left over"
            : $"see {folder}");
    }

    private static IEnumerable<string> Texts(IEnumerable<ICampaignFact> facts) =>
        facts.Select(fact => $"{MessageCodec.ManifestOf(fact)} {Convert.ToHexString(MessageCodec.Encode(fact))}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
