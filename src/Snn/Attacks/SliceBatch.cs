using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Probes;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>
/// One batch of a slice, in all the slice's cells: the clean images' gradient, which is also the first of every attack that
/// starts there; then step by step the gradients of all attacks side by side; then all predictions side by side. Passes with
/// probes stay apart: what probes see belongs to one cell.
/// </summary>
internal sealed class SliceBatch : IDisposable
{
    private readonly TestSetting _setting;
    private readonly SharedNeeds _needs;
    private readonly CleanTally? _clean;
    private readonly IReadOnlyList<AttackTally> _tallies;
    private readonly PassTotals _totals;
    private readonly ImageBatch _batch;
    private readonly AttackSpace _space;
    private readonly SharedPass _network;
    private readonly List<AttackPath> _paths = [];

    // What is shared, by the draw of the code and the budget it belongs to.
    private readonly Dictionary<int, Tensor> _gradients = [];
    private readonly Dictionary<int, Answer> _predictions = [];
    private readonly Dictionary<(double Epsilon, int Draw), List<IReadOnlyList<double>>> _randomLosses = [];

    public SliceBatch(TestSetting setting, SharedNeeds needs, CleanTally? clean, IReadOnlyList<AttackTally> tallies, int[] indices, PassTotals totals)
    {
        (_setting, _needs, _clean, _tallies, _totals) = (setting, needs, clean, tallies, totals);
        _batch = setting.Load(indices);
        _space = AttackSpace.Create(setting, _batch);
        _network = new SharedPass(setting, _batch, _space);
        foreach (var tally in tallies)
        {
            tally.BeginBatch(indices.Length);
            for (var restart = 0; restart < tally.Attack.Restarts; restart++)
            {
                var start = setting.Random("attack-start").At(restart);
                _paths.Add(new AttackPath(tally, restart, tally.Attack.Start(_space.Clean_N, image => start.At(indices[image]))));
            }
        }
    }

    public IEnumerable<BatchPass> Passes()
    {
        foreach (var pass in Clean().Concat(ProbedFirstSteps()).Concat(Steps()).Concat(CleanGradients()).Concat(Predictions()))
        {
            yield return pass;
        }

        EndBatch();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _paths.ForEach(path => path.Dispose());
        foreach (var gradient in _gradients.Values)
        {
            gradient.Dispose();
        }

        _space.Dispose();
        _batch.Dispose();
    }

    private IEnumerable<BatchPass> Clean() => _needs.CleanGradient
        ? _network.Ask(_setting.ProbedGradient, [new Question(() => ShowClean(SharedNeeds.FirstDraw), TakeClean)])
        : [];

    private void TakeClean(Answer answer)
    {
        _clean?.Gradients.Start(answer.Gradient_N!, answer.Probes);
        foreach (var path in _paths.Where(path => path.IsAtCleanImages))
        {
            path.Step(_space.Clean_N, answer);
        }

        _gradients[SharedNeeds.FirstDraw] = answer.Gradient_N!.alias();
        if (!_needs.CleanPrediction)
        {
            _predictions[SharedNeeds.FirstDraw] = answer;
        }
    }

    private IEnumerable<BatchPass> ProbedFirstSteps() => _setting.Probes is { Operations: false, WeightGradients: false }
        ? []
        : _paths.Where(path => path is { Restart: 0, Steps: 0, IsAtEnd: false, Tally.Attack.IsProbed: true }).SelectMany(path => _network.Ask(_setting.ProbedGradient, [StepOf(path)]));

    private IEnumerable<BatchPass> Steps()
    {
        while (_paths.Where(path => !path.IsAtEnd).Select(StepOf).ToList() is { Count: > 0 } steps)
        {
            foreach (var pass in _network.Ask(_setting.Gradient, steps))
            {
                yield return pass;
            }
        }
    }

    private IEnumerable<BatchPass> CleanGradients() => _network.Ask(
        _setting.Gradient,
        from draw in _needs.Draws
        where draw != SharedNeeds.FirstDraw
        select new Question(() => ShowClean(draw), answer => _gradients[draw] = answer.Gradient_N!.alias()));

    private IEnumerable<BatchPass> Predictions()
    {
        var attacked =
            from path in _paths
            select new Question(() => Show(path), answer => End(path, answer));
        IEnumerable<int> first = _needs.CleanPrediction ? [SharedNeeds.FirstDraw] : [];
        var clean =
            from draw in first.Concat(_needs.Draws.Where(draw => draw != SharedNeeds.FirstDraw))
            select new Question(() => ShowClean(draw), answer => _predictions[draw] = answer);
        var random =
            from budget in _needs.Budgets
            let losses = _randomLosses[budget] = []
            from sample in Enumerable.Range(0, _setting.Probes.RandomPerturbations)
            select new Question(() => ShowRandom(budget.Epsilon, budget.Draw, sample), answer => losses.Add(answer.Losses));
        return _network.Ask(_setting.Prediction, attacked.Concat(clean).Concat(random));
    }

    private void EndBatch()
    {
        if (_clean is not null)
        {
            var prediction = _predictions[SharedNeeds.FirstDraw];
            _clean.Add(prediction.Correct, prediction.Losses);
            _totals.Add(prediction.Correct, prediction.Losses);
        }

        foreach (var tally in _tallies)
        {
            tally.EndBatch();
            _totals.Add(tally.Correct, tally.Losses);
            if (_setting.Probes.RandomPerturbations > 0 && tally.Attack.IsProbed)
            {
                var budget = _needs.BudgetOf(tally.Attack);
                var vulnerability = new VulnerabilityProbe(_gradients[budget.Draw], _predictions[budget.Draw].Losses);
                _randomLosses[budget].ForEach(vulnerability.AddRandom);
                tally.Add(vulnerability);
            }
        }
    }

    private void End(AttackPath path, Answer answer)
    {
        path.End(answer);
        if (path.Tally.Images is { } images)
        {
            using var bytes_NCHW = ((PixelSpace)_space).Bytes(path.Images_N, path.Tally.Attack.Epsilon);
            images.Add(path.Restart, bytes_NCHW);
        }
    }

    private Question StepOf(AttackPath path) => new(() => Show(path), answer => path.Step(_space.Clean_N, answer));

    private Tensor Show(AttackPath path) => Show(path.Images_N, path.Tally.Attack.Epsilon, path.Restart, path.Steps);

    private Tensor ShowClean(int draw) => Show(_space.Clean_N, epsilon: 0, restart: 0, draw);

    private Tensor ShowRandom(double epsilon, int draw, int sample)
    {
        var noise = _setting.Random("random-perturbation").At(sample);
        using var images_N = new Noise(epsilon, draws: 1).Start(_space.Clean_N, image => noise.At(_batch.Indices[image]));
        return Show(images_N, epsilon, restart: 0, draw);
    }

    /// <summary>A code that draws at random draws afresh for every restart and step.</summary>
    private Tensor Show(Tensor images_N, double epsilon, int restart, int draw) =>
        _space.Show(images_N, epsilon, _setting.Random("attack-code").At(restart).At(draw));

    /// <summary>One start of one attack on the batch, and how far it has come.</summary>
    private sealed class AttackPath(AttackTally tally, int restart, Tensor start_N) : IDisposable
    {
        public AttackTally Tally => tally;

        public int Restart => restart;

        /// <summary>Gradients taken.</summary>
        public int Steps { get; private set; }

        public Tensor Images_N { get; private set; } = start_N;

        public bool IsAtCleanImages => Restart == 0 && Steps == 0 && tally.Attack.StartsAtCleanImages;

        public bool IsAtEnd => Steps == tally.Attack.Iterations;

        public void Step(Tensor clean_N, Answer answer)
        {
            AddLosses(answer);
            if (Restart == 0 && Steps == 0)
            {
                tally.Gradients.Start(answer.Gradient_N!, tally.Attack.IsProbed ? answer.Probes : ProbeReport.Empty);
            }
            else
            {
                tally.Gradients.Continue(answer.Gradient_N!);
            }

            using var before_N = Images_N;
            Images_N = tally.Attack.Step(before_N, clean_N, answer.Gradient_N!);
            Steps++;
        }

        /// <summary>How the attacked images were predicted.</summary>
        public void End(Answer answer)
        {
            AddLosses(answer);
            tally.Withstood(answer.Correct, answer.Losses);
        }

        private void AddLosses(Answer answer)
        {
            if (Restart == 0)
            {
                tally.Course?.AddLosses(Steps, answer.Losses);
            }
        }

        /// <inheritdoc/>
        public void Dispose() => Images_N.Dispose();
    }
}
