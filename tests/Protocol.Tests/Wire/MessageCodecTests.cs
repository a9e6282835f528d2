using System.Text;
using CsCheck;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Tests.Wire;

public sealed class MessageCodecTests
{
    private static readonly RunId Run = new("sew-resnet18/cifar-10/3407");

    private static readonly OperationGradient Operation = new("layer1.0.conv1", "Conv2d", 3, 4, 1, 2, 0.1, 1e-300, 5);

    private static readonly LayerSpikes Fired = new("sn1", 6, [5, 0], ["a4", "00"]);

    private static readonly DeviceId Cpu = new("127.0.0.1:4053", "cpu");

    private static readonly CampaignSummary Summary = new(new CampaignId("small"), CampaignStanding.Running, 1, 2, 3, "a note");

    private static readonly PipelineStatus Pipeline = new("small-1", new CampaignId("small"), Run, "epoch 3", new WorkProgress(5, 10, 2.25, 0.5, null), [new LayerGroupStatus(1, "conv1, bn1", Cpu, 4096, 7, 0.5, 64, 2.5, 0.75, null)]);

    private static readonly ImagesKept Images = new(
        new ShardId(new CellId("a/b/1/strict/pgd/8"), 17), new CheckpointManifest("checkpoints/3", 3, "00ff", [new CheckpointFile("images.bytes", "ab")]));

    private static readonly CampaignSpec Small = new()
    {
        Name = "small",
        Networks = [new NetworkSpec { Name = "narrow", Family = NetworkFamily.SpikingResNet, Weights = new WeightsFile("w.safetensors", "ab") }],
        DataSets = [new DataSetSpec { Name = "made-up", TestLimit = 8 }],
        Seeds = [7],
        Protocols = [ProtocolSpec.AsPublished],
        Attacks = [new AttackSpec { Name = "ifgsm", Kind = AttackKind.IteratedFgsm }],
        Epsilons = [0.5],
    };

    private static readonly PipelineSpec SmallLayout = new() { Devices = ["cpu", "cuda:0"] };

    /// <summary>One message of every type, and what it looks like on the wire: hexadecimal for frames and chunks, text for the rest.</summary>
    public static TheoryData<string, IWireMessage, string> Golden => new()
    {
        {
            "pass-request/3", PassRequest.AdversarialStep(new PassId(7), timeSteps: 4, probes: true),
            """{"id":7,"purpose":"adversarial-step","time-steps":4,"batch-norm":"running","track-statistics":false,"weight-gradients":false,"input-gradient":true,"probes":true,"learning-rate":0,"batches":1,"spikes":false}"""
        },
        {
            "pass-request/3", PassRequest.Evaluation(new PassId(8), timeSteps: 4) with { Spikes = true },
            """{"id":8,"purpose":"evaluation","time-steps":4,"batch-norm":"running","track-statistics":false,"weight-gradients":false,"input-gradient":false,"probes":false,"learning-rate":0,"batches":1,"spikes":true}"""
        },
        {
            "spike-frame/1", new SpikeFrame(new PassId(7), new TimeRange(2, 1), Packed([1, 2, 5], [1f, 0, 1, 1, 0, 0, 0, 0, 0, 1])),
            "0700000000000000" + "02000000" + "01000000" + "03" + "0100000000000000" + "0200000000000000" + "0500000000000000" + "010101000a0000000d02"
        },
        {
            "gradient-frame/1", new GradientFrame(new PassId(-1), new TimeRange(0, 2), Packed([2], [0.5f, -0f])),
            "ffffffffffffffff" + "00000000" + "02000000" + "01" + "0200000000000000" + "01012000020000000000003f00000080"
        },
        {
            "frame-chunk/1", new FrameChunk(new PassId(7), Direction.Backward, Frame: 3, Offset: 258, Length: 261, new byte[] { 1, 2, 255 }),
            "0700000000000000" + "01" + "0300000000000000" + "02010000" + "05010000" + "03000000" + "0102ff"
        },
        { "frame-taken/1", new FrameTaken(new PassId(9), Direction.Backward), """{"pass":9,"direction":"backward"}""" },
        {
            "gradient-report/2", new GradientReport(new PassId(9), 1, new ProbeReport([Operation], [new WeightGradient("fc.bias", 1, 2, 0.5, 3)], [Fired])),
            """{"pass":9,"group":1,"probes":{"operations":[{"module":"layer1.0.conv1","kind":"Conv2d","input-zeros":3,"input-elements":4,"output-zeros":1,"output-elements":2,"input-norm":0.1,"output-norm":1E-300,"passes":5}],"weights":[{"key":"fc.bias","zeros":1,"elements":2,"l2":0.5,"passes":3}],"spikes":[{"module":"sn1","neurons":6,"counts":[5,0],"raster":["a4","00"]}]}}"""
        },
        {
            "connect-layer-group/1", new ConnectLayerGroup("akka://spiketrail/user/a#1", "akka.tcp://spiketrail@127.0.0.1:4053/user/b#2", "akka://spiketrail/user/a#1"),
            """{"pipeline":"akka://spiketrail/user/a#1","previous":"akka.tcp://spiketrail@127.0.0.1:4053/user/b#2","next":"akka://spiketrail/user/a#1"}"""
        },
        {
            "prepare-layer-group/1", new PrepareLayerGroup(new CheckpointManifest("checkpoints/3", 3, "00ff", [new CheckpointFile("group-0.bin", "ab")])),
            """{"checkpoint":{"folder":"checkpoints/3","epoch":3,"configuration-hash":"00ff","files":[{"name":"group-0.bin","sha256":"ab"}]}}"""
        },
        { "prepare-layer-group/1", new PrepareLayerGroup(null), """{"checkpoint":null}""" },
        { "layer-group-ready/1", new LayerGroupReady(2), """{"group":2}""" },
        { "set-statistics-aside/1", new SetStatisticsAside(new CheckpointManifest("checkpoints/3", 3, "00ff", [new CheckpointFile("group-0.bin", "ab")])), """{"from":{"folder":"checkpoints/3","epoch":3,"configuration-hash":"00ff","files":[{"name":"group-0.bin","sha256":"ab"}]}}""" },
        { "set-statistics-aside/1", new SetStatisticsAside(null), """{"from":null}""" },
        { "take-statistics-back/1", new TakeStatisticsBack("checkpoints/3"), """{"folder":"checkpoints/3"}""" },
        { "write-checkpoint/1", new WriteCheckpoint("checkpoints/3"), """{"folder":"checkpoints/3"}""" },
        {
            "checkpoint-written/1", new CheckpointWritten(1, new CheckpointFile("group-1.bin", "ab")),
            """{"group":1,"file":{"name":"group-1.bin","sha256":"ab"}}"""
        },
        {
            "train-epoch/2", new TrainEpoch(3, new EpochProgress(200, 3200, 1500, 0.5)),
            """{"epoch":3,"from":{"steps":200,"images":3200,"correct":1500,"loss":0.5}}"""
        },
        { "train-epoch/2", new TrainEpoch(3, From: null), """{"epoch":3,"from":null}""" },
        {
            "measure-slice/2",
            new MeasureSlice(new SliceId(new RunId("a/b/1"), "strict", 17), [new CellId("a/b/1/strict/none/0"), new CellId("a/b/1/strict/pgd/8")]) { Kept = [new CellId("a/b/1/strict/pgd/8")] },
            """{"slice":{"run":"a/b/1","protocol":"strict","index":17},"cells":["a/b/1/strict/none/0","a/b/1/strict/pgd/8"],"kept":["a/b/1/strict/pgd/8"]}"""
        },
        {
            "slice-measured/2",
            new SliceMeasured(new SliceId(new RunId("a/b/1"), "strict", 17), [new ShardMeasured(new ShardId(new CellId("a/b/1/strict/pgd/8"), 17), Measurement.Empty)]) { Images = [Images] },
            """{"slice":{"run":"a/b/1","protocol":"strict","index":17},"shards":[{"shard":{"cell":"a/b/1/strict/pgd/8","index":17},"measurement":{"correct":0,"total":0,"loss":0,"input":{"zeros":0,"elements":0,"l1":0,"l2":0,"linf":0,"all-zero-images":0,"vanishing-images":0},"operations":[],"weights":[],"vulnerability":null}}],"images":[{"shard":{"cell":"a/b/1/strict/pgd/8","index":17},"images":{"folder":"checkpoints/3","epoch":3,"configuration-hash":"00ff","files":[{"name":"images.bytes","sha256":"ab"}]}}]}"""
        },
        {
            "measure-transfer/1", new MeasureTransfer(new SliceId(new RunId("c/b/1"), "strict", 17), [new CellId("c/b/1/strict/borrowed/8")], [Images.Images]),
            """{"slice":{"run":"c/b/1","protocol":"strict","index":17},"cells":["c/b/1/strict/borrowed/8"],"images":[{"folder":"checkpoints/3","epoch":3,"configuration-hash":"00ff","files":[{"name":"images.bytes","sha256":"ab"}]}]}"""
        },
        {
            "images-kept/1", Images,
            """{"shard":{"cell":"a/b/1/strict/pgd/8","index":17},"images":{"folder":"checkpoints/3","epoch":3,"configuration-hash":"00ff","files":[{"name":"images.bytes","sha256":"ab"}]}}"""
        },
        {
            "measure-link/1", new MeasureLink(new LinkId(new ChainId("a/b/1/as-published/8"), 17), null),
            """{"link":{"chain":"a/b/1/as-published/8","index":17},"statistics":null}"""
        },
        { "take-samples/1", new TakeSamples(), "{}" },
        {
            "work-progress/1", new WorkProgress(3, 4, 0.5, 0.25, null),
            """{"done":3,"total":4,"loss":0.5,"accuracy":0.25,"zero-fraction":null}"""
        },
        {
            "campaign-accepted/1", new CampaignAccepted("00ff", """{"name":"a+b"}"""),
            """{"configuration-hash":"00ff","configuration":"{\"name\":\"a+b\"}"}"""
        },
        {
            "epoch-checkpointed/1",
            new EpochCheckpointed(Run, 3, new EpochProgress(200, 3200, 1500, double.NaN), new CheckpointManifest("checkpoints/3", 2, "00ff", [new CheckpointFile("group-0.bin", "ab")])),
            """{"run":"sew-resnet18/cifar-10/3407","epoch":3,"progress":{"steps":200,"images":3200,"correct":1500,"loss":"NaN"},"checkpoint":{"folder":"checkpoints/3","epoch":2,"configuration-hash":"00ff","files":[{"name":"group-0.bin","sha256":"ab"}]}}"""
        },
        {
            "epoch-trained/1", new EpochTrained(Run, 3, double.NaN, 1.5, 0.25, new CheckpointManifest("checkpoints/3", 3, "00ff", [new CheckpointFile("group-0.bin", "ab")])),
            """{"run":"sew-resnet18/cifar-10/3407","epoch":3,"training-loss":"NaN","test-loss":1.5,"clean-accuracy":0.25,"checkpoint":{"folder":"checkpoints/3","epoch":3,"configuration-hash":"00ff","files":[{"name":"group-0.bin","sha256":"ab"}]}}"""
        },
        {
            "checkpoint-refused/1", new CheckpointRefused(Run, "checkpoints/3", "group-0.bin: missing"),
            """{"run":"sew-resnet18/cifar-10/3407","checkpoint":"checkpoints/3","reason":"group-0.bin: missing"}"""
        },
        {
            "shard-measured/1", new ShardMeasured(new ShardId(new CellId("a/b/1/strict/pgd/8"), 17), new Measurement(3, 4, 5.5, new InputGradient(1, 2, 0.25, 0.5, double.PositiveInfinity, 6, 7), [], [], null)),
            """{"shard":{"cell":"a/b/1/strict/pgd/8","index":17},"measurement":{"correct":3,"total":4,"loss":5.5,"input":{"zeros":1,"elements":2,"l1":0.25,"l2":0.5,"linf":"Infinity","all-zero-images":6,"vanishing-images":7},"operations":[],"weights":[],"vulnerability":null}}"""
        },
        {
            "shard-measured/1",
            new ShardMeasured(new ShardId(new CellId("a/b/1/strict/pgd/8"), 17), new Measurement(1, 2, 5.5, InputGradient.Empty, [], [], null) { Course = new AttackCourse("AQ==", [1.5, double.NaN]) }),
            """{"shard":{"cell":"a/b/1/strict/pgd/8","index":17},"measurement":{"correct":1,"total":2,"loss":5.5,"input":{"zeros":0,"elements":0,"l1":0,"l2":0,"linf":0,"all-zero-images":0,"vanishing-images":0},"operations":[],"weights":[],"vulnerability":null,"course":{"withstood":"AQ==","losses":[1.5,"NaN"]}}}"""
        },
        {
            "link-measured/1",
            new LinkMeasured(new LinkId(new ChainId("a/b/1/as-published/8"), 17), [], new CheckpointManifest("checkpoints/3", 3, "00ff", [new CheckpointFile("group-0.bin", "ab")])),
            """{"link":{"chain":"a/b/1/as-published/8","index":17},"shards":[],"statistics":{"folder":"checkpoints/3","epoch":3,"configuration-hash":"00ff","files":[{"name":"group-0.bin","sha256":"ab"}]}}"""
        },
        {
            "samples-taken/1",
            new SamplesTaken(Run, new RunSamples(1, 1, 2, new SampledAttack("strict", "pgd", 8), [new SampledImage(0, 3, new ShownImage("AAE=", 3, 0.75), new ShownImage("CAk=", 4, double.NaN))], [Fired], [Fired])),
            """{"run":"sew-resnet18/cifar-10/3407","samples":{"channels":1,"height":1,"width":2,"attack":{"protocol":"strict","attack":"pgd","epsilon":8},"images":[{"index":0,"label":3,"clean":{"pixels":"AAE=","class":3,"probability":0.75},"attacked":{"pixels":"CAk=","class":4,"probability":"NaN"}}],"clean":[{"module":"sn1","neurons":6,"counts":[5,0],"raster":["a4","00"]}],"attacked":[{"module":"sn1","neurons":6,"counts":[5,0],"raster":["a4","00"]}]}}"""
        },
        {
            "samples-taken/1",
            new SamplesTaken(Run, new RunSamples(1, 1, 2, null, [new SampledImage(0, 3, new ShownImage("AAE=", 3, 0.75), null)], [Fired], [])),
            """{"run":"sew-resnet18/cifar-10/3407","samples":{"channels":1,"height":1,"width":2,"attack":null,"images":[{"index":0,"label":3,"clean":{"pixels":"AAE=","class":3,"probability":0.75},"attacked":null}],"clean":[{"module":"sn1","neurons":6,"counts":[5,0],"raster":["a4","00"]}],"attacked":[]}}"""
        },
        {
            "cell-completed/1", new CellCompleted(new CellId("a/b/1/strict/pgd/8"), 3, 4, 0.5),
            """{"cell":"a/b/1/strict/pgd/8","correct":3,"total":4,"input-zero-fraction":0.5}"""
        },
        {
            "work-failed/1", new WorkFailed(Run, "epoch 3", 1, "out of memory: cuda:0 <1 GiB>", GaveUp: false),
            """{"run":"sew-resnet18/cifar-10/3407","work":"epoch 3","attempt":1,"reason":"out of memory: cuda:0 <1 GiB>","gave-up":false}"""
        },
        { "campaign-completed/1", new CampaignCompleted(), "{}" },
        {
            "progress-update/1",
            new ProgressUpdate(Run, "epoch 1/2", 1, 2, 3, 4, 0.5, null, null),
            """{"run":"sew-resnet18/cifar-10/3407","activity":"epoch 1/2","activity-done":1,"activity-total":2,"campaign-done":3,"campaign-total":4,"loss":0.5,"accuracy":null,"zero-fraction":null}"""
        },
        {
            "submit-campaign/1",
            new SubmitCampaign(new CampaignId("small"), Small, SmallLayout),
            """{"campaign":"small","spec":{"name":"small","networks":[{"name":"narrow","family":"spiking-resnet","depth":18,"width":1,"pool":"max","connection":"add","batch-norm":"sequence","precision":"float32","neuron":{"kind":"if","threshold":1,"reset":0,"detach-reset":true,"tau":2,"decay-input":true,"surrogate":{"kind":"atan","alpha":2}},"weights":["w.safetensors","ab"]}],"data-sets":[{"name":"made-up","time-steps":10,"encoder":{"kind":"phase","phase-bits":8},"training-limit":null,"test-limit":8}],"seeds":[7],"training":{"epochs":100,"batch-size":16,"optimizer":{"kind":"adam","learning-rate":0.001,"weight-decay":0.001,"beta1":0.9,"beta2":0.999,"epsilon":1E-08,"momentum":0.9},"schedule":"constant","flip-probability":0.5},"protocols":[{"name":"as-published","domain":"encoded-train","attack-statistics":"batch","contaminates":true,"order":"shuffled","prediction-statistics":"running","phase-weights":false}],"attacks":[{"name":"ifgsm","kind":"ifgsm","step-size":2.55,"iterations":7,"restarts":1}],"epsilons":[0.5],"probes":{"operations":true,"weight-gradients":false,"random-perturbations":0},"evaluation":{"batch-size":50,"shard-size":250},"samples":6},"pipeline":{"layer-groups":1,"spread":"device","cut":null,"placement":null,"window":1,"frames-in-flight":4,"pass-images":64,"devices":["cpu","cuda:0"],"threads-per-group":2,"checkpoint-steps":200,"max-retries":3}}"""
        },
        { "list-campaigns/1", new ListCampaigns(), "{}" },
        { "show-campaign/1", new ShowCampaign(new CampaignId("small")), """{"campaign":"small"}""" },
        { "list-cells/1", new ListCells(new CampaignId("small")), """{"campaign":"small"}""" },
        { "pause-campaign/1", new PauseCampaign(new CampaignId("small")), """{"campaign":"small"}""" },
        { "resume-campaign/1", new ResumeCampaign(new CampaignId("small")), """{"campaign":"small"}""" },
        { "cancel-campaign/1", new CancelCampaign(new CampaignId("small")), """{"campaign":"small"}""" },
        { "retry-campaign/1", new RetryCampaign(new CampaignId("small")), """{"campaign":"small"}""" },
        { "follow-campaign/1", new FollowCampaign(new CampaignId("small")), """{"campaign":"small"}""" },
        { "list-devices/1", new ListDevices(), "{}" },
        { "list-pipelines/1", new ListPipelines(), "{}" },
        { "move-pipeline/1", new MovePipeline("small-1", 2, Cpu), """{"pipeline":"small-1","group":2,"to":{"node":"127.0.0.1:4053","device":"cpu"}}""" },
        { "request-done/1", new RequestDone("done"), """{"text":"done"}""" },
        { "request-refused/1", new RequestRefused("no"), """{"reason":"no"}""" },
        {
            "campaign-list/1",
            new CampaignList([Summary]),
            """{"campaigns":[{"campaign":"small","standing":"running","done":1,"total":2,"failures":3,"note":"a note"}]}"""
        },
        {
            "campaign-details/2",
            new CampaignDetails(Summary, [new RunStatus(Run, 1, 2, 3, 4, GivenUp: false)], [Pipeline], [new WorkFailed(Run, "epoch 3", 1, "lost", GaveUp: false)]),
            """{"summary":{"campaign":"small","standing":"running","done":1,"total":2,"failures":3,"note":"a note"},"runs":[{"run":"sew-resnet18/cifar-10/3407","epochs-done":1,"epochs":2,"shards-done":3,"shards":4,"given-up":false}],"pipelines":[{"pipeline":"small-1","campaign":"small","run":"sew-resnet18/cifar-10/3407","work":"epoch 3","progress":{"done":5,"total":10,"loss":2.25,"accuracy":0.5,"zero-fraction":null},"groups":[{"group":1,"layers":"conv1, bn1","device":{"node":"127.0.0.1:4053","device":"cpu"},"weight-bytes":4096,"frames":7,"frames-per-second":0.5,"bytes-sent":64,"bytes-per-second":2.5,"spike-zeros":0.75,"gradient-zeros":null}]}],"failures":[{"run":"sew-resnet18/cifar-10/3407","work":"epoch 3","attempt":1,"reason":"lost","gave-up":false}]}"""
        },
        {
            "cell-list/1",
            new CellList([new CellStatus(Run, "strict", "pgd", 8, 3, 4, 10, 0.25)]),
            """{"cells":[{"run":"sew-resnet18/cifar-10/3407","protocol":"strict","attack":"pgd","epsilon":8,"correct":3,"measured":4,"images":10,"zero-fraction":0.25}]}"""
        },
        {
            "device-list/1",
            new DeviceList([new DeviceStatus(Cpu, 1024, 2, Leaving: false, ["small-1"])]),
            """{"devices":[{"device":{"node":"127.0.0.1:4053","device":"cpu"},"memory-bytes":1024,"capacity":2,"leaving":false,"users":["small-1"]}]}"""
        },
        {
            "pipeline-list/2",
            new PipelineList([Pipeline]),
            """{"pipelines":[{"pipeline":"small-1","campaign":"small","run":"sew-resnet18/cifar-10/3407","work":"epoch 3","progress":{"done":5,"total":10,"loss":2.25,"accuracy":0.5,"zero-fraction":null},"groups":[{"group":1,"layers":"conv1, bn1","device":{"node":"127.0.0.1:4053","device":"cpu"},"weight-bytes":4096,"frames":7,"frames-per-second":0.5,"bytes-sent":64,"bytes-per-second":2.5,"spike-zeros":0.75,"gradient-zeros":null}]}]}"""
        },
        {
            "layer-group-status/2",
            new LayerGroupStatus(1, "conv1, bn1", Cpu, 4096, 7, 0.5, 64, 2.5, 0.75, null),
            """{"group":1,"layers":"conv1, bn1","device":{"node":"127.0.0.1:4053","device":"cpu"},"weight-bytes":4096,"frames":7,"frames-per-second":0.5,"bytes-sent":64,"bytes-per-second":2.5,"spike-zeros":0.75,"gradient-zeros":null}"""
        },
        {
            "campaign-submitted/1",
            new CampaignSubmitted(new CampaignId("small"), Small, SmallLayout),
            """{"campaign":"small","spec":{"name":"small","networks":[{"name":"narrow","family":"spiking-resnet","depth":18,"width":1,"pool":"max","connection":"add","batch-norm":"sequence","precision":"float32","neuron":{"kind":"if","threshold":1,"reset":0,"detach-reset":true,"tau":2,"decay-input":true,"surrogate":{"kind":"atan","alpha":2}},"weights":["w.safetensors","ab"]}],"data-sets":[{"name":"made-up","time-steps":10,"encoder":{"kind":"phase","phase-bits":8},"training-limit":null,"test-limit":8}],"seeds":[7],"training":{"epochs":100,"batch-size":16,"optimizer":{"kind":"adam","learning-rate":0.001,"weight-decay":0.001,"beta1":0.9,"beta2":0.999,"epsilon":1E-08,"momentum":0.9},"schedule":"constant","flip-probability":0.5},"protocols":[{"name":"as-published","domain":"encoded-train","attack-statistics":"batch","contaminates":true,"order":"shuffled","prediction-statistics":"running","phase-weights":false}],"attacks":[{"name":"ifgsm","kind":"ifgsm","step-size":2.55,"iterations":7,"restarts":1}],"epsilons":[0.5],"probes":{"operations":true,"weight-gradients":false,"random-perturbations":0},"evaluation":{"batch-size":50,"shard-size":250},"samples":6},"pipeline":{"layer-groups":1,"spread":"device","cut":null,"placement":null,"window":1,"frames-in-flight":4,"pass-images":64,"devices":["cpu","cuda:0"],"threads-per-group":2,"checkpoint-steps":200,"max-retries":3}}"""
        },
        { "campaign-ordered/1", new CampaignOrdered(new CampaignId("small"), CampaignOrder.Pause), """{"campaign":"small","order":"pause"}""" },
        {
            "campaign-settled/1",
            new CampaignSettled(new CampaignDetails(Summary, [], [], [])),
            """{"details":{"summary":{"campaign":"small","standing":"running","done":1,"total":2,"failures":3,"note":"a note"},"runs":[],"pipelines":[],"failures":[]}}"""
        },
        { "describe-worker/1", new DescribeWorker(), "{}" },
        {
            "worker-described/1",
            new WorkerDescribed("127.0.0.1:4053", [new DeviceOffer(Cpu, 1024, 2, 1.5)], Leaving: false),
            """{"node":"127.0.0.1:4053","devices":[{"device":{"node":"127.0.0.1:4053","device":"cpu"},"memory-bytes":1024,"capacity":2,"speed":1.5}],"leaving":false}"""
        },
        {
            "open-pipeline/1",
            new OpenPipeline("small-1", new CampaignId("small"), "00ff", Small, SmallLayout, Run, null, [new DevicePlace(new DeviceOffer(Cpu, 1024, 2, 1.5), "akka://a/user/worker")], [Cpu]),
            """{"pipeline":"small-1","campaign":"small","configuration-hash":"00ff","spec":{"name":"small","networks":[{"name":"narrow","family":"spiking-resnet","depth":18,"width":1,"pool":"max","connection":"add","batch-norm":"sequence","precision":"float32","neuron":{"kind":"if","threshold":1,"reset":0,"detach-reset":true,"tau":2,"decay-input":true,"surrogate":{"kind":"atan","alpha":2}},"weights":["w.safetensors","ab"]}],"data-sets":[{"name":"made-up","time-steps":10,"encoder":{"kind":"phase","phase-bits":8},"training-limit":null,"test-limit":8}],"seeds":[7],"training":{"epochs":100,"batch-size":16,"optimizer":{"kind":"adam","learning-rate":0.001,"weight-decay":0.001,"beta1":0.9,"beta2":0.999,"epsilon":1E-08,"momentum":0.9},"schedule":"constant","flip-probability":0.5},"protocols":[{"name":"as-published","domain":"encoded-train","attack-statistics":"batch","contaminates":true,"order":"shuffled","prediction-statistics":"running","phase-weights":false}],"attacks":[{"name":"ifgsm","kind":"ifgsm","step-size":2.55,"iterations":7,"restarts":1}],"epsilons":[0.5],"probes":{"operations":true,"weight-gradients":false,"random-perturbations":0},"evaluation":{"batch-size":50,"shard-size":250},"samples":6},"layout":{"layer-groups":1,"spread":"device","cut":null,"placement":null,"window":1,"frames-in-flight":4,"pass-images":64,"devices":["cpu","cuda:0"],"threads-per-group":2,"checkpoint-steps":200,"max-retries":3},"run":"sew-resnet18/cifar-10/3407","checkpoint":null,"places":[{"offer":{"device":{"node":"127.0.0.1:4053","device":"cpu"},"memory-bytes":1024,"capacity":2,"speed":1.5},"worker":"akka://a/user/worker"}],"groups":[{"node":"127.0.0.1:4053","device":"cpu"}]}"""
        },
        { "pipeline-opened/1", new PipelineOpened("small-1"), """{"pipeline":"small-1"}""" },
        { "pipeline-failed/1", new PipelineFailed("small-1", "out of memory", OfStorage: false), """{"pipeline":"small-1","reason":"out of memory","of-storage":false}""" },
        { "pipeline-lost/1", new PipelineLost("small-1", "a node is gone"), """{"pipeline":"small-1","reason":"a node is gone"}""" },
        { "traced-by/1", new TracedBy("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"), """{"parent":"00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"}""" },
        { "close-pipeline/1", new ClosePipeline(), "{}" },
        { "pipeline-leaving/1", new PipelineLeaving("small-1"), """{"pipeline":"small-1"}""" },
        { "pipeline-pulse/1", new PipelinePulse("small-1", "epoch 3", 17), """{"pipeline":"small-1","work":"epoch 3","passes":17}""" },
        {
            "open-layer-group/1",
            new OpenLayerGroup("small-1", new CampaignId("small"), Small.Networks[0], [1, 28, 28], 10, 7, new OptimizerSpec(), SmallLayout, "00ff", 1, [2], "cpu"),
            """{"pipeline":"small-1","campaign":"small","network":{"name":"narrow","family":"spiking-resnet","depth":18,"width":1,"pool":"max","connection":"add","batch-norm":"sequence","precision":"float32","neuron":{"kind":"if","threshold":1,"reset":0,"detach-reset":true,"tau":2,"decay-input":true,"surrogate":{"kind":"atan","alpha":2}},"weights":["w.safetensors","ab"]},"input-shape":[1,28,28],"classes":10,"seed":7,"optimizer":{"kind":"adam","learning-rate":0.001,"weight-decay":0.001,"beta1":0.9,"beta2":0.999,"epsilon":1E-08,"momentum":0.9},"layout":{"layer-groups":1,"spread":"device","cut":null,"placement":null,"window":1,"frames-in-flight":4,"pass-images":64,"devices":["cpu","cuda:0"],"threads-per-group":2,"checkpoint-steps":200,"max-retries":3},"configuration-hash":"00ff","index":1,"cut":[2],"device":"cpu"}"""
        },
        { "layer-group-opened/1", new LayerGroupOpened(1), """{"index":1}""" },
        { "layer-group-failed/1", new LayerGroupFailed(1, "no space", OfStorage: true), """{"index":1,"reason":"no space","of-storage":true}""" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void The_bytes_of_a_message_never_change(string manifest, IWireMessage message, string golden)
    {
        var bytes = MessageCodec.Encode(message);
        Assert.Equal(manifest, MessageCodec.ManifestOf(message));
        Assert.Equal(golden, IsBinary(message) ? Convert.ToHexStringLower(bytes) : Encoding.UTF8.GetString(bytes));

        var read = MessageCodec.Decode(manifest, IsBinary(message) ? Convert.FromHexString(golden) : Encoding.UTF8.GetBytes(golden));
        AssertEqual(message, read);
    }

    [Fact]
    public void Every_message_for_the_wire_has_a_row_and_a_golden_example()
    {
        var messages = typeof(IWireMessage).Assembly.GetTypes()
            .Where(type => typeof(IWireMessage).IsAssignableFrom(type) && !type.IsAbstract)
            .ToHashSet();
        Assert.Equal(messages, MessageCodec.Manifests.Keys.ToHashSet());
        Assert.Equal(messages, Golden.Select(row => row.Data.Item2.GetType()).ToHashSet());
    }

    /// <summary>As it lies in the journals of nodes that were there before samples.</summary>
    [Fact]
    public void A_campaign_handed_in_before_there_were_samples_is_still_read()
    {
        var submitted = Golden.Select(row => row.Data).Single(golden => golden.Item1 == "campaign-submitted/1").Item3;
        var earlier = submitted.Replace(",\"samples\":6", "", StringComparison.Ordinal);
        Assert.NotEqual(submitted, earlier);

        var read = (CampaignSubmitted)MessageCodec.Decode("campaign-submitted/1", Encoding.UTF8.GetBytes(earlier));

        Assert.Equivalent(Small with { Samples = read.Spec.Samples }, read.Spec, strict: true);
    }

    [Fact]
    public void Frames_of_any_shape_come_back_equal()
    {
        var frames =
            from shape in Gen.Int[0, 4].Select(size => (long)size).Array[0, 6]
            from values in Gen.OneOf(0f, 1f, 2f, -0f, 0.5f, float.NaN).Array[(int)shape.Aggregate(1L, (product, size) => product * size)]
            from pass in Gen.Long
            from time in Gen.Select(Gen.Int[0, 1_000], Gen.Int[0, 1_000])
            select new SpikeFrame(new PassId(pass), new TimeRange(time.Item1, time.Item2), Packed(shape, values));
        frames.Sample(frame => AssertEqual(frame, MessageCodec.Decode("spike-frame/1", MessageCodec.Encode(frame))), iter: 1_000);
    }

    [Fact]
    public void Measurements_of_any_numbers_come_back_equal()
    {
        var operations =
            from counts in Gen.Long.Array[4]
            from norms in Gen.Double.Array[2]
            from module in Gen.String
            from passes in Gen.Int
            select new OperationGradient(module, "Conv2d", counts[0], counts[1], counts[2], counts[3], norms[0], norms[1], passes);
        var messages =
            from measured in operations.List[0, 4]
            from sums in Gen.Double.Array[4]
            from shard in Gen.Int
            select new ShardMeasured(
                new ShardId(new CellId("a/b/1/strict/pgd/8"), shard), new Measurement(1, 2, sums[0], new InputGradient(1, 2, sums[1], sums[2], sums[3], 0, 0), measured, [], new Vulnerability(sums[0], sums[1], sums[2], sums[3], 1, 2)));
        messages.Sample(message => AssertEqual(message, MessageCodec.Decode("shard-measured/1", MessageCodec.Encode(message))), iter: 300);
    }

    [Fact]
    public void A_spike_frame_takes_at_most_a_thirtieth_of_its_room()
    {
        // The first layer's output for 16 CIFAR images at half width.
        long[] shape_WNCHW = [1, 16, 32, 16, 16];
        var spikes = new float[16 * 32 * 16 * 16];
        spikes[5] = spikes[77_777] = 1;
        var bytes = MessageCodec.Encode(new SpikeFrame(new PassId(1), new TimeRange(0, 1), Packed(shape_WNCHW, spikes)));
        Assert.InRange(bytes.Length, 1, sizeof(float) * spikes.Length / 30);
    }

    [Fact]
    public void Content_that_lives_in_the_process_is_packed_once_on_its_way_out()
    {
        var live = new LiveContent();
        var read = (SpikeFrame)MessageCodec.Decode("spike-frame/1", MessageCodec.Encode(new SpikeFrame(new PassId(1), new TimeRange(0, 1), live)));
        Assert.Equal(1, live.Packed);
        Assert.Equal([3L], Assert.IsType<PackedTensor>(read.Content).Shape);
    }

    [Fact]
    public void Content_that_cannot_be_packed_is_named()
    {
        var thrown = Assert.Throws<ArgumentException>(() => MessageCodec.Encode(new SpikeFrame(new PassId(1), new TimeRange(0, 1), new StuckContent())));
        Assert.Contains(nameof(StuckContent), thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_types_and_manifests_are_named()
    {
        Assert.Contains(nameof(Stranger), Assert.Throws<ArgumentException>(() => MessageCodec.Encode(new Stranger())).Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Stranger), Assert.Throws<ArgumentException>(() => MessageCodec.ManifestOf(new Stranger())).Message, StringComparison.Ordinal);
        Assert.Contains("'spike-frame/2'", Assert.Throws<InvalidDataException>(() => MessageCodec.Decode("spike-frame/2", new byte[99])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_message_cut_short_or_drawn_out_is_refused(string manifest, IWireMessage message, string golden)
    {
        var bytes = MessageCodec.Encode(message);
        for (var length = 0; length < bytes.Length; length++)
        {
            var thrown = Assert.Throws<InvalidDataException>(() => MessageCodec.Decode(manifest, bytes.AsMemory(0, length)));
            Assert.StartsWith(manifest, thrown.Message, StringComparison.Ordinal);
        }

        Assert.Throws<InvalidDataException>(() => MessageCodec.Decode(manifest, (byte[])[.. bytes, 0]));
        Assert.NotEmpty(golden);
    }

    [Fact]
    public void Bytes_gone_wrong_are_read_as_some_message_or_refused_but_nothing_else()
    {
        var goldens = Golden.Select(row => row.Data).ToArray();
        var wrongs =
            from golden in Gen.OneOf(goldens)
            from noise in Gen.Byte.Array[0, 80]
            from changes in Gen.Select(Gen.Int[0, 1_000], Gen.Byte).Array[1, 4]
            from keep in Gen.Bool
            select (manifest: golden.Item1, bytes: keep ? Changed(MessageCodec.Encode(golden.Item2), changes) : noise);
        wrongs.Sample(
            wrong =>
            {
                try
                {
                    if (MessageCodec.Decode(wrong.manifest, wrong.bytes) is IFrame { Content: PackedTensor { Elements: ElementType.Float32 } content } && TensorCodec.CountOf(content.Payload.Span) < 1_000)
                    {
                        TensorCodec.Decode(content.Payload.Span, new float[TensorCodec.CountOf(content.Payload.Span)]);
                    }
                }
                catch (InvalidDataException)
                {
                    // The one answer there is to bytes that mean nothing.
                }
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData("0700000000000000" + "02" + "0300000000000000" + "00000000" + "01000000" + "01000000" + "01", "forward or backward")]
    [InlineData("0700000000000000" + "01" + "0300000000000000" + "01000000" + "01000000" + "01000000" + "01", "a frame of 1 bytes cannot have 1 from 1")]
    [InlineData("0700000000000000" + "01" + "0300000000000000" + "ffffffff" + "01000000" + "01000000" + "01", "a frame of 1 bytes cannot have 1 from -1")]
    [InlineData("0700000000000000" + "01" + "0300000000000000" + "00000000" + "00000080" + "01000000" + "01", "cannot have 1 from 0")]
    [InlineData("0700000000000000" + "01" + "0300000000000000" + "00000000" + "01000000" + "00000000", "a frame of 1 bytes cannot have 0 from 0")]
    [InlineData("0700000000000000" + "01" + "0300000000000000" + "00000000" + "01000000" + "ffffffff" + "01", "claims -1 bytes and has 1")]
    public void A_chunk_that_no_frame_can_have_is_refused(string hexadecimal, string complaint) =>
        Assert.Contains(
            complaint,
            Assert.Throws<InvalidDataException>(() => MessageCodec.Decode("frame-chunk/1", Convert.FromHexString(hexadecimal))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"pass":9,"extra":1}""")]
    [InlineData("""{"Pass":9}""")]
    [InlineData("""{"pass":"9"}""")]
    [InlineData("""{"pass":null}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    public void Json_of_another_layout_is_refused(string json) =>
        Assert.Throws<InvalidDataException>(() => MessageCodec.Decode("frame-taken/1", Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData(new long[] { 3 })]
    [InlineData(new long[] { 2, -1 })]
    [InlineData(new long[] { 2, long.MaxValue })]
    [InlineData(new long[] { 1L << 32, 1L << 32 })]
    [InlineData(new long[] { 0, long.MaxValue, 2 })]
    [InlineData(new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 2 })]
    public void A_shape_that_is_not_the_payload_s_is_refused(long[] shape) =>
        Assert.Throws<InvalidDataException>(() => new PackedTensor(shape, ElementType.Float32, TensorCodec.Encode([1f, 0])));

    [Fact]
    public void An_element_type_that_is_not_the_payload_s_is_refused() =>
        Assert.Throws<InvalidDataException>(() => new PackedTensor([2], ElementType.Float64, TensorCodec.Encode([1f, 0])));

    private static bool IsBinary(IWireMessage message) => message is IFrame or FrameChunk;

    private static PackedTensor Packed(long[] shape, float[] values) => new(shape, ElementType.Float32, TensorCodec.Encode(values));

    private static byte[] Changed(byte[] bytes, (int Position, byte Value)[] changes)
    {
        foreach (var (position, value) in changes)
        {
            bytes[position % bytes.Length] = value;
        }

        return bytes;
    }

    private static void AssertEqual(IWireMessage expected, IWireMessage actual)
    {
        Assert.IsType(expected.GetType(), actual);
        if (expected is IFrame sent && actual is IFrame received)
        {
            var (packed, arrived) = (Assert.IsType<PackedTensor>(sent.Content), Assert.IsType<PackedTensor>(received.Content));
            Assert.Equal((sent.Pass, sent.Time), (received.Pass, received.Time));
            Assert.Equal(packed.Elements, arrived.Elements);
            Assert.Equal(packed.Shape, arrived.Shape);
            Assert.True(packed.Payload.Span.SequenceEqual(arrived.Payload.Span));
        }
        else if (expected is FrameChunk chunk && actual is FrameChunk read)
        {
            Assert.Equal(chunk with { Bytes = read.Bytes }, read);
            Assert.True(chunk.Bytes.Span.SequenceEqual(read.Bytes.Span));
        }
        else
        {
            Assert.Equivalent(expected, actual, strict: true);
        }
    }

    private sealed record Stranger : IWireMessage;

    private sealed class LiveContent : FrameContent, IPackableContent
    {
        public int Packed { get; private set; }

        public PackedTensor Pack()
        {
            Packed++;
            return MessageCodecTests.Packed([3], [1f, 0, 1]);
        }

        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class StuckContent : FrameContent
    {
        protected override void Dispose(bool disposing)
        {
        }
    }
}
